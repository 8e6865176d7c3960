use super::*;

const LANGUAGES: [Language; 2] = [Language::English, Language::Chinese];

#[test]
fn questions_say_what_each_answer_does() {
    for language in LANGUAGES {
        let leaving = Words::leaving(language, 3);
        assert!(leaving.text.contains('3'), "{}", leaving.text);
        for question in [Words::closing(language), leaving] {
            assert_ne!(Some(question.first), question.second);
        }
    }
}

#[test]
fn a_failed_start_says_why_and_what_to_do() {
    let complaint =
        Complaint::new(control::Code::Other, "the settings are wrong").hint("mend them");
    let words = Words {
        locale: Some("en_GB.UTF-8".to_owned()),
        zone: TimeZone::UTC,
        desktop: String::new(),
    };
    let said = words.cannot_start(&complaint);
    assert_eq!(said.text, "the settings are wrong\n\nmend them");
    assert_eq!(said.second, None);
}

#[test]
fn the_first_variable_with_a_value_names_the_language() {
    let variables = |pairs: &[(&str, &str)]| Environment {
        home: None,
        variables: pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect(),
    };
    for (pairs, expected) in [
        (&[("LANG", "zh_CN.UTF-8")][..], "zh_CN.UTF-8"),
        (&[("LC_ALL", "en_GB"), ("LANG", "zh_CN")], "en_GB"),
        (&[("LC_ALL", ""), ("LANG", "zh_CN")], "zh_CN"),
    ] {
        assert_eq!(locale(&variables(pairs)).as_deref(), Some(expected));
    }
}
