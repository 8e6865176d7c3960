//! Simplified Chinese.

use jiff::civil::Weekday;

use super::{Moment, Words};
use crate::headline::Sentence;
use crate::state::{Limit, LimitSpan};

pub(super) const WORDS: Words = Words {
    sentence,
    window,
    left,
    no_session: "目前没有 5 小时限额",
    session: "5 小时",
    week: "本周",
    sign_in: "登录…",
    proxy_on: "代理已开启",
    sign_in_first: "代理已开启（请先登录）",
    copy_base_url: "复制接口地址",
    copy_key: "复制 API 密钥",
    connect: "连接应用…",
    open_window: "打开窗口",
    open_in_browser: "在浏览器中打开",
    quit: "退出",
    sign_in_ended: (
        "ChatGPT 已结束此次登录",
        "设置和密钥均已保留。重新登录后即可继续。",
    ),
    limit_reached,
    port_lost: (
        "Postern 失去了端口",
        "应用暂时无法连接。打开 Postern 查看原因。",
    ),
};

fn sentence(says: &Sentence, back: Option<Moment>) -> String {
    let said = match says {
        Sentence::VaultLocked => "密钥环已锁定",
        Sentence::VaultPassphrase => "需要输入口令",
        Sentence::VaultMissing => "此系统没有密钥环",
        Sentence::VaultDenied => "密钥环拒绝访问",
        Sentence::VaultKeyGone | Sentence::VaultDamaged => "无法打开已保存的登录信息",
        Sentence::SigningIn => "正在登录",
        Sentence::SignInAgain => "请重新登录",
        Sentence::NotSignedIn => "未登录",
        Sentence::PortTaken { port } => return format!("端口 {port} 已被占用"),
        Sentence::PortReserved { port } => return format!("端口 {port} 被系统保留"),
        Sentence::AlreadyRunning => "Postern 已在运行",
        Sentence::Blocked => "代理无法启动",
        Sentence::ProxyOff => "代理已关闭",
        Sentence::Starting => "正在启动",
        Sentence::LimitReached { .. } => {
            return match back {
                Some(back) => format!("已达限额 · {} 恢复", moment(back)),
                None => "已达限额".to_owned(),
            };
        }
        Sentence::Offline => "无法连接 ChatGPT",
        Sentence::Ready => "就绪 · 尚未连接应用",
        Sentence::On { address } => return format!("已开启 · {address}"),
    };
    said.to_owned()
}

fn moment(moment: Moment) -> String {
    match moment {
        Moment::Clock(time) => time.strftime("%H:%M").to_string(),
        Moment::Day(day, time) => format!("{} {}", weekday(day), time.strftime("%H:%M")),
        Moment::Date(date) => format!("{} 月 {} 日", date.month(), date.day()),
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "周一",
        Weekday::Tuesday => "周二",
        Weekday::Wednesday => "周三",
        Weekday::Thursday => "周四",
        Weekday::Friday => "周五",
        Weekday::Saturday => "周六",
        Weekday::Sunday => "周日",
    }
}

fn window(limit: &Limit) -> String {
    match (limit.span, limit.minutes) {
        (LimitSpan::Session, _) => "5 小时".to_owned(),
        (LimitSpan::Week, _) => "本周".to_owned(),
        (LimitSpan::Month, _) => "本月".to_owned(),
        (LimitSpan::Other, Some(minutes)) if minutes % 1440 == 0 => {
            format!("{} 天", minutes / 1440)
        }
        (LimitSpan::Other, Some(minutes)) => format!("{} 小时", minutes.div_ceil(60)),
        (LimitSpan::Other, None) => "限额".to_owned(),
    }
}

fn left(name: &str, percent: f64, resets: Option<Moment>) -> String {
    match resets {
        Some(resets) => {
            let resets = moment(resets);
            format!("{name}：剩余 {percent:.0}% · {resets} 重置")
        }
        None => format!("{name}：剩余 {percent:.0}%"),
    }
}

fn limit_reached(back: Option<Moment>) -> (String, String) {
    let title = "已达限额".to_owned();
    let body = match back {
        Some(back) => {
            let back = moment(back);
            format!("{back} 恢复。在此之前，应用会收到带有该时间的 429 错误。")
        }
        None => "在恢复之前，应用会收到 429 错误。".to_owned(),
    };
    (title, body)
}
