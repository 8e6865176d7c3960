//! The page as files in a folder, as an installation puts them beside the program.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::{Asset, Assets};

/// The page in a folder.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// The page in `folder`; `None` where there is none.
    pub fn open(folder: &Path) -> Option<Self> {
        let is_page = folder.join("index.html").is_file();
        is_page.then(|| Self(folder.to_owned()))
    }
}

impl Assets for Folder {
    /// Nothing outside the folder is ever read: a path has plain names only.
    fn file(&self, path: &str) -> Option<Asset> {
        let inside = Path::new(path);
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if !inside.components().all(is_plain) {
            return None;
        }
        let bytes = fs::read(self.0.join(inside)).ok()?;
        Some(Asset::at(path, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_page_are_served() {
        let home = tempfile::tempdir().unwrap();
        let page = home.path().join("page");
        assert!(Folder::open(&page).is_none());
        fs::create_dir_all(page.join("assets")).unwrap();
        fs::write(home.path().join("secret"), "no").unwrap();
        fs::write(page.join("index.html"), "<p>").unwrap();
        fs::write(page.join("assets/a.js"), "1").unwrap();
        let folder = Folder::open(&page).unwrap();
        let read = |path: &str| folder.file(path).map(|asset| asset.media);
        assert_eq!(read("index.html"), Some("text/html; charset=utf-8"));
        assert_eq!(read("assets/a.js"), Some("text/javascript; charset=utf-8"));
        let outside = home.path().join("secret");
        for gone in [
            "",
            "assets",
            "nothing.js",
            "../secret",
            "assets/../../secret",
            "./../secret",
            outside.to_str().unwrap(),
        ] {
            assert_eq!(read(gone), None, "{gone}");
        }
    }
}
