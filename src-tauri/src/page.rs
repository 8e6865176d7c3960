//! The page's files, for the door that serves it to a browser; and the program without a display.

use std::borrow::Cow;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use control::{Asset, Code, Complaint, Core, Engine, Environment, Headless, Options};
use tauri::utils::assets::{AssetKey, AssetsIter, CspHash};
use tauri::{App, AppHandle, Context, Manager as _, Wry};
use tokio_util::sync::CancellationToken;

use crate::platform::Opener;
use crate::signals::Signals;

/// The page's files, shared by the window and the door.
#[derive(Clone)]
pub(crate) struct Files(Arc<dyn tauri::Assets<Wry>>);

impl Files {
    /// Takes the files of `context` and leaves it a share of them.
    pub(crate) fn of(context: &mut Context<Wry>) -> Self {
        let files = Self(Arc::from(context.set_assets(Box::new(Nothing))));
        context.set_assets(Box::new(files.clone()));
        files
    }
}

impl tauri::Assets<Wry> for Files {
    fn setup(&self, app: &App<Wry>) {
        self.0.setup(app);
    }

    fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
        self.0.get(key)
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        self.0.iter()
    }

    fn csp_hashes(&self, html_path: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        self.0.csp_hashes(html_path)
    }
}

impl control::Assets for Files {
    fn file(&self, path: &str) -> Option<Asset> {
        let bytes = self.0.get(&AssetKey::from(path))?;
        Some(Asset::at(path, bytes.into_owned()))
    }
}

/// Serves the page to a browser, because this machine shows no window, until a signal comes.
pub(crate) async fn without_display(
    mut context: Context<Wry>,
    environment: Environment,
) -> ExitCode {
    let files = Files::of(&mut context);
    match serve(files, &environment).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => cannot(&complaint.message),
    }
}

/// Says why the program cannot run, to whoever started it by hand.
pub(crate) fn cannot(why: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "Postern cannot start: {why}");
    ExitCode::FAILURE
}

/// Opens the page in the person's browser, through a door of its own.
///
/// # Errors
/// The door cannot be opened, or nothing opens its address.
pub(crate) async fn browse(app: &AppHandle, engine: &Engine) -> Result<(), Complaint> {
    let files = app.state::<Files>().inner().clone();
    let address = engine.page(Arc::new(files)).await?;
    match app.state::<Opener>().open(address.as_str()) {
        true => Ok(()),
        false => Err(Complaint::new(Code::Other, "no browser could be opened")),
    }
}

async fn serve(files: Files, environment: &Environment) -> Result<(), Complaint> {
    let mut signals = Signals::listen();
    let core = Core::open(&Options::default(), environment).await?;
    let _log = core.start_log()?;
    let quit = CancellationToken::new();
    let engine = Engine::start(core, Arc::new(Headless::new(quit.clone()))).await;
    engine.begin().await;
    let address = engine.page(Arc::new(files)).await?;
    let _ = writeln!(
        std::io::stdout(),
        "There is no display here, so no window opens. The page is at {address}\n\
         That address works once. Postern runs until it is stopped."
    );
    tokio::select! {
        () = signals.heard() => {}
        () = quit.cancelled() => {}
    }
    engine.close().await
}

/// Stands in while the files change hands.
struct Nothing;

impl tauri::Assets<Wry> for Nothing {
    fn get(&self, _key: &AssetKey) -> Option<Cow<'_, [u8]>> {
        None
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        Box::new(std::iter::empty())
    }

    fn csp_hashes(&self, _html_path: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        Box::new(std::iter::empty())
    }
}
