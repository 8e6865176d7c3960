//! Simplified Chinese.

use super::Catalogue;

pub(super) const WORDS: Catalogue = Catalogue {
    closing: [
        "此桌面没有托盘",
        "关闭窗口后，将看不出 Postern 仍在运行。再次启动它即可重新打开窗口。",
        "继续运行",
        "退出",
    ],
    leaving: [
        "正在响应请求",
        "Postern 正在响应 {n} 个请求。现在退出会中断它们。",
        "留下",
        "仍要退出",
    ],
    cannot_start: ["Postern 无法启动", "关闭"],
};
