//! Values inside a sentence, as a person would say them.

/// A number of bytes, in MiB where it is a whole number of them.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0 => "0 bytes".to_owned(),
        whole if whole % MIB == 0 => format!("{} MiB", whole / MIB),
        other => format!("{other} bytes"),
    }
}

/// What is the matter with a `Content-Type`; empty where none was sent.
pub(super) fn media(told: &str) -> String {
    match told {
        "" => "no content type was sent".to_owned(),
        told => format!("the content type `{told}` is not accepted here"),
    }
}

const MIB: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use crate::Fault;

    #[test]
    fn sentences_name_values_as_people_do() {
        let too_large = |limit| Fault::TooLarge { limit }.to_string();
        for (limit, said) in [(64 << 20, "64 MiB"), (1000, "1000 bytes"), (0, "0 bytes")] {
            let sentence = format!("the request body is larger than {said}");
            assert_eq!(too_large(limit), sentence);
        }
        let media = |told: &str| Fault::MediaType(told.to_owned()).to_string();
        assert_eq!(media(""), "no content type was sent");
        assert_eq!(
            media("text/plain"),
            "the content type `text/plain` is not accepted here"
        );
    }
}
