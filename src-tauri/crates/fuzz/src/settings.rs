//! The settings file: any text is checked as a whole, and what is wrong is said with its place.

use store::Settings;

pub(crate) fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Err(problems) = Settings::check_text(&text) {
        assert!(!problems.is_empty());
        for problem in problems {
            assert!(!problem.to_string().is_empty());
        }
    }
}
