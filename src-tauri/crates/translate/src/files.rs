//! `POST /v1/files`: the texts of the form beside the file.

use wire::Fault;

use crate::ignored::Ignored;

/// What is said about a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What it is for, as the client said. The backend has one purpose for all.
    pub purpose: String,
    /// Fields that could not be honoured.
    pub ignored: Vec<String>,
}

/// Reads the texts of the form.
///
/// # Errors
/// The purpose is missing, or is one that a plan does not serve.
pub fn request(fields: &[(&str, &str)]) -> Result<Order, Fault> {
    let mut ignored = Ignored::default();
    let mut purpose = None;
    for (name, text) in fields {
        match *name {
            "purpose" => purpose = Some(*text),
            name => ignored.add(name),
        }
    }
    let complaint = |message: String, code| Fault::Invalid {
        message,
        param: Some("purpose".to_owned()),
        code: Some(code),
    };
    match purpose {
        Some(purpose) if PURPOSES.contains(&purpose) => Ok(Order {
            purpose: purpose.to_owned(),
            ignored: ignored.into_names(),
        }),
        Some(other) => {
            let other: String = other.chars().take(100).collect();
            let why = format!(
                "files are taken for `input_file` only, not for `{other}`; use `user_data`"
            );
            Err(complaint(why, "unsupported_value"))
        }
        None => Err(complaint(
            "Missing required parameter: 'purpose'.".to_owned(),
            "missing_required_parameter",
        )),
    }
}

/// Purposes of files that requests refer to; the official API has others, for services that a plan
/// does not have.
const PURPOSES: &[&str] = &["user_data", "assistants", "vision"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_for_requests_or_for_nothing_here() {
        for purpose in PURPOSES {
            let order = request(&[("purpose", purpose), ("expires_after[seconds]", "60")]);
            let order = order.unwrap();
            assert_eq!(order.purpose, *purpose);
            assert_eq!(order.ignored, ["expires_after[seconds]"]);
        }
        let code = |fields: &[(&str, &str)]| request(fields).unwrap_err().code().to_owned();
        assert_eq!(code(&[]), "missing_required_parameter");
        for purpose in ["batch", "fine-tune", "evals", ""] {
            assert_eq!(code(&[("purpose", purpose)]), "unsupported_value");
        }
    }
}
