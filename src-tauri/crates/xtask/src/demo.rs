//! `cargo xtask demo`: the whole product in one minute, without an account.

mod desktop;

pub(crate) use desktop::write_settings;

use std::io::{BufRead as _, BufReader, Write as _};

use serde_json::{Value, json};

use crate::Ended;
use crate::failure::{Because as _, Failure};
use crate::http::{Ask, Connection};
use crate::place::{Place, Profile};
use crate::stack::{self, Stack};
use crate::wish::Wish;

/// What the demo was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Options {
    programs: Programs,
    stay: Stay,
    shows: Shows,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Programs {
    ToBuild,
    Built,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stay {
    UntilSignal,
    Once,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// An answer in the terminal.
    Answer,
    /// The app.
    Desktop,
}

impl Options {
    pub(crate) fn read(words: &[&str]) -> Result<Self, Failure> {
        let mut options = Self {
            programs: Programs::ToBuild,
            stay: Stay::UntilSignal,
            shows: Shows::Answer,
        };
        for word in words {
            match *word {
                "--built" => options.programs = Programs::Built,
                "--once" => options.stay = Stay::Once,
                "--desktop" => options.shows = Shows::Desktop,
                _ => return Err(Failure::new(format!("`demo` does not know `{word}`"))),
            }
        }
        if (options.shows, options.stay) == (Shows::Desktop, Stay::Once) {
            return Err(Failure::new("`--desktop` stays up until it is quit"));
        }
        Ok(options)
    }
}

/// Builds, starts, asks, prints, and stays up as told.
pub(crate) fn run(place: &Place, options: Options) -> Result<Ended, Failure> {
    if options.shows == Shows::Desktop {
        return desktop::run(place, options.programs);
    }
    match options.programs {
        Programs::ToBuild => stack::build(place)?,
        Programs::Built => {}
    }
    let wish = Wish::listen()?;
    let stack = Stack::start(place, Profile::Dev)?;
    println!(
        "\nThe stand-in plays ChatGPT at http://{}.",
        stack.standin()
    );
    println!("Postern is signed in to it and answers a streamed request:\n");
    print_answer(&stack)?;
    print_facts(&stack);
    match options.stay {
        Stay::Once => {}
        Stay::UntilSignal => {
            println!("\nCtrl-C ends everything.");
            wish.wait();
        }
    }
    drop(stack);
    println!("\nEverything has ended.");
    Ok(Ended::Well)
}

/// Sends one request with the running server's own key and prints the text as it comes.
fn print_answer(stack: &Stack) -> Result<(), Failure> {
    let bearer = format!("Bearer {}", stack.key());
    let body = body(PROMPT).to_string();
    let mut connection = Connection::open(stack.door()).because("could not reach Postern")?;
    let reply = connection
        .send(&Ask {
            method: "POST",
            path: "/v1/responses",
            headers: &[
                ("authorization", &bearer),
                ("content-type", "application/json"),
            ],
            body: body.as_bytes(),
        })
        .because("could not ask Postern")?;
    if reply.status != 200 {
        let status = reply.status;
        let said = reply.text().unwrap_or_default();
        return Err(Failure::new(format!("Postern answered {status}: {said}")));
    }
    print!("  ");
    for line in BufReader::new(reply).lines() {
        let line = line.because("the answer broke off")?;
        if let Some(delta) = delta(&line) {
            print!("{delta}");
            std::io::stdout().flush().because("could not print")?;
        }
    }
    println!();
    Ok(())
}

fn print_facts(stack: &Stack) {
    let (base, key) = (stack.base_url(), stack.key());
    let body = body("Hello from curl");
    println!("\nBase URL  {base}");
    println!("Key       {key}\n");
    println!(
        "curl -sSN {base}/responses -H 'Authorization: Bearer {key}' \
         -H 'Content-Type: application/json' -d '{body}'"
    );
}

fn body(prompt: &str) -> Value {
    json!({"model": "gpt-5.5", "input": prompt, "stream": true})
}

/// The text in a `data:` line of the stream, where it has some.
fn delta(line: &str) -> Option<String> {
    let data: Value = serde_json::from_str(line.strip_prefix("data:")?).ok()?;
    let is_text = data.get("type")? == "response.output_text.delta";
    is_text.then(|| data.get("delta")?.as_str().map(str::to_owned))?
}

const PROMPT: &str = "[[slow 60]] The postern is open: one small door, one key, your own plan.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_is_printed() {
        let rows = [
            (
                r#"data: {"type":"response.output_text.delta","delta":"hi"}"#,
                Some("hi"),
            ),
            (
                r#"data: {"type":"response.output_text.done","text":"hi"}"#,
                None,
            ),
            ("event: response.output_text.delta", None),
            ("data: [DONE]", None),
            ("", None),
        ];
        for (line, text) in rows {
            assert_eq!(delta(line).as_deref(), text, "{line}");
        }
    }
}
