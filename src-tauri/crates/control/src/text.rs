//! The few words that are said outside the page: in the tray and in notifications.
//!
//! One file for each language; the page has catalogues of its own.

mod en;
mod moment;
mod zh_cn;

use base::Timestamp;
use jiff::tz::TimeZone;

pub(crate) use self::moment::Moment;
use crate::headline::Sentence;
use crate::state::Limit;

/// A language that everything is said in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Simplified Chinese.
    Chinese,
}

impl Language {
    /// What `setting` says, and where it leaves that to the system, what `locale` says, as
    /// `zh_CN.UTF-8` or `zh-Hans`.
    pub fn choose(setting: store::settings::Language, locale: Option<&str>) -> Self {
        use store::settings::Language as Setting;
        match setting {
            Setting::English => Self::English,
            Setting::Chinese => Self::Chinese,
            Setting::System => locale.map_or(Self::English, Self::of),
        }
    }

    fn of(locale: &str) -> Self {
        let tag = locale.split('.').next().unwrap_or_default();
        let tag = tag.replace('_', "-").to_ascii_lowercase();
        let simplified = ["zh", "zh-cn", "zh-sg", "zh-hans"];
        let is_one = |name: &&str| tag == **name || tag.starts_with(&format!("{name}-"));
        match simplified[1..].iter().any(is_one) || tag == simplified[0] {
            true => Self::Chinese,
            false => Self::English,
        }
    }

    pub(crate) fn words(self) -> &'static Words {
        match self {
            Self::English => &en::WORDS,
            Self::Chinese => &zh_cn::WORDS,
        }
    }
}

/// When and where somebody reads.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The language.
    pub language: Language,
    /// The time now.
    pub now: Timestamp,
    /// The zone whose clock is on the wall.
    pub zone: TimeZone,
}

impl Reader {
    /// How to say a moment to this reader; `None` for moments no calendar knows.
    pub(crate) fn moment(&self, at_ms: i64) -> Option<Moment> {
        Moment::of(at_ms, self.now, &self.zone)
    }
}

/// Everything there is to say.
pub(crate) struct Words {
    /// A headline; with it, when a limit ends.
    pub(crate) sentence: fn(&Sentence, Option<Moment>) -> String,
    /// The name of a window of the limits.
    pub(crate) window: fn(&Limit) -> String,
    /// A window by name: what is left in percent, and when it starts anew.
    pub(crate) left: fn(&str, f64, Option<Moment>) -> String,
    pub(crate) no_session: &'static str,
    pub(crate) session: &'static str,
    pub(crate) week: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) proxy_on: &'static str,
    pub(crate) sign_in_first: &'static str,
    pub(crate) copy_base_url: &'static str,
    pub(crate) copy_key: &'static str,
    pub(crate) connect: &'static str,
    pub(crate) open_window: &'static str,
    pub(crate) open_in_browser: &'static str,
    pub(crate) quit: &'static str,
    /// The sign-in has ended: title and body.
    pub(crate) sign_in_ended: (&'static str, &'static str),
    /// The limit is reached: title and body; when it ends.
    pub(crate) limit_reached: fn(Option<Moment>) -> (String, String),
    /// The port is lost: title and body.
    pub(crate) port_lost: (&'static str, &'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_decides_and_else_the_system() {
        use store::settings::Language as Setting;
        let rows = [
            (Setting::English, Some("zh_CN.UTF-8"), Language::English),
            (Setting::Chinese, Some("en_GB.UTF-8"), Language::Chinese),
            (Setting::System, Some("zh_CN.UTF-8"), Language::Chinese),
            (Setting::System, Some("zh-Hans-CN"), Language::Chinese),
            (Setting::System, Some("zh"), Language::Chinese),
            (Setting::System, Some("zh_TW.UTF-8"), Language::English),
            (Setting::System, Some("de_DE"), Language::English),
            (Setting::System, Some("C"), Language::English),
            (Setting::System, None, Language::English),
        ];
        for (setting, locale, language) in rows {
            assert_eq!(Language::choose(setting, locale), language, "{locale:?}");
        }
    }
}
