//! The settings as a person sees and changes them.

use store::settings::{EditFault, NAMES, Value};
use store::{VaultKind, Written};

use super::Engine;
use crate::ask::{Change, Setting, SettingGroup, SettingValue, SettingsView, VaultWord};
use crate::{Code, Complaint};

impl Engine {
    /// Every setting a person may change. How secrets are kept is not among them: that is carried
    /// over, not just written down.
    pub(crate) fn settings_view(&self) -> SettingsView {
        let file = &self.0.core.settings;
        let overrides = file.overrides().clone();
        let defaults = Written::defaults();
        let in_force = overrides
            .clone()
            .over(file.written())
            .over(defaults.clone());
        let settings = NAMES
            .iter()
            .filter(|key| **key != "vault")
            .map(|key| Setting {
                key: (*key).to_owned(),
                group: group(key),
                value: in_force.value(key).map(SettingValue::from),
                default: defaults.value(key).map(SettingValue::from),
                choices: choices(key).iter().map(ToString::to_string).collect(),
                fixed: overrides.value(key).is_some(),
            })
            .collect();
        SettingsView {
            settings,
            problems: self.state().problems.clone(),
            file: file.path().display().to_string(),
        }
    }

    /// Writes one setting; what is good counts at once.
    pub(crate) async fn change_setting(&self, change: Change) -> Result<SettingsView, Complaint> {
        if !NAMES.contains(&change.key.as_str()) || change.key == "vault" {
            return Err(Complaint::not_found(&format!(
                "the setting `{}`",
                change.key
            )));
        }
        self.write_setting(&change.key, change.value.map(Value::from))
            .await?;
        Ok(self.settings_view())
    }

    /// Lets web pages of `origin` use the local server; the server sees it at once.
    pub(crate) async fn allow_origin(&self, origin: String) -> Result<(), Complaint> {
        let mut origins = self.0.core.settings.current().allowed_origins.clone();
        if !origins.contains(&origin) {
            origins.push(origin);
            self.write_setting("allowed_origins", Some(Value::List(origins)))
                .await?;
        }
        Ok(())
    }

    pub(super) async fn write_setting(
        &self,
        key: &str,
        value: Option<Value>,
    ) -> Result<(), Complaint> {
        if self.0.core.settings.overrides().value(key).is_some() {
            let message = format!("`{key}` was set on the command line, which wins over the file");
            return Err(Complaint::new(Code::Unavailable, message)
                .hint("start Postern without that option to change it here"));
        }
        let (file, key) = (self.0.core.settings.clone(), key.to_owned());
        let written = tokio::task::spawn_blocking(move || file.set(&key, value)).await;
        match written {
            Ok(written) => Ok(written?),
            Err(_) => Err(Complaint::new(Code::Other, "the settings were not written")),
        }
    }
}

impl From<EditFault> for Complaint {
    fn from(fault: EditFault) -> Self {
        let code = match &fault {
            EditFault::Problems(_) => Code::BadSettings,
            EditFault::File { .. } => Code::Other,
        };
        Self::of(code, &fault, fault.hint())
    }
}

impl From<Value> for SettingValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Number(number) => Self::Number(number),
            Value::Flag(flag) => Self::Flag(flag),
            Value::Text(text) => Self::Text(text),
            Value::List(list) => Self::List(list),
        }
    }
}

impl From<SettingValue> for Value {
    fn from(value: SettingValue) -> Self {
        match value {
            SettingValue::Number(number) => Self::Number(number),
            SettingValue::Flag(flag) => Self::Flag(flag),
            SettingValue::Text(text) => Self::Text(text),
            SettingValue::List(list) => Self::List(list),
        }
    }
}

impl From<VaultWord> for VaultKind {
    fn from(word: VaultWord) -> Self {
        match word {
            VaultWord::Keyring => Self::Keyring,
            VaultWord::Passphrase => Self::Passphrase,
            VaultWord::Plain => Self::Plain,
            VaultWord::Session => Self::Session,
        }
    }
}

/// Where a setting stands on the page. What has no place of its own is for experts.
fn group(key: &str) -> SettingGroup {
    match key {
        "proxy_on_start" | "keep_running" | "language" | "theme" | "notifications" => {
            SettingGroup::General
        }
        "port"
        | "listen"
        | "allowed_hosts"
        | "allowed_origins"
        | "http_proxy"
        | "fetch_remote_images"
        | "ollama"
        | "ollama_port"
        | "ollama_key" => SettingGroup::Network,
        "log_keep_days" | "log_max_mib" | "hide_email" | "store_by_default" | "store_max_mib"
        | "store_keep_days" => SettingGroup::Privacy,
        _ => SettingGroup::Expert,
    }
}

/// The words a setting may be, where there are only a few.
fn choices(key: &str) -> &'static [&'static str] {
    match key {
        "language" => &["system", "en", "zh-CN"],
        "theme" => &["system", "light", "dark"],
        "notifications" => &["sign_in", "limit", "port"],
        "chat_reasoning" => &["reasoning_content", "hidden", "think_tags"],
        "model_suffixes" => &[
            "none", "minimal", "low", "medium", "high", "xhigh", "max", "fast",
        ],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use store::Settings;

    use super::*;

    fn problem(key: &str, value: &str) -> Option<String> {
        let is_list = matches!(Written::defaults().value(key), Some(Value::List(_)));
        let toml = match is_list {
            true => format!("{key} = [\"{value}\"]"),
            false => format!("{key} = \"{value}\""),
        };
        let problems = Settings::check_text(&toml).err()?;
        Some(problems[0].to_string())
    }

    #[test]
    fn the_words_offered_are_the_words_accepted() {
        let mut offered = 0;
        for key in NAMES {
            for word in choices(key) {
                assert_eq!(problem(key, word), None);
                offered += 1;
            }
            if let Some(first) = choices(key).first() {
                let why = problem(key, "something else").unwrap();
                assert!(why.contains(&format!("`{first}`")), "{why}");
                assert_eq!(why.matches('`').count() / 2 - 1, choices(key).len());
            }
        }
        assert_eq!(offered, 20);
    }
}
