//! The one task that starts, tells, hears and ends the window's process.

use std::future::pending;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::Ordering;

use base::Clock;
use control::news::{News, Newsfeed};
use control::{Engine, Shell};
use tauri::{AppHandle, Manager as _, Theme};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::pane::Pane;
use super::{Order, Reply, Windows};
use crate::clipboard::Clipboard;
use crate::compose::Running;
use crate::leaving;
use crate::platform::{self, Answer, Question};
use crate::talk::{ToProgram, ToView};

/// Keeps the window.
pub(crate) struct Keeper {
    app: AppHandle,
    engine: Engine,
    clock: Clock,
    corner: PathBuf,
    colours: watch::Receiver<Option<Theme>>,
    feed: Newsfeed,
    answers: (mpsc::Sender<ToView>, mpsc::Receiver<ToView>),
    pane: Option<Pane>,
    /// Where the page was when it was hidden.
    place: Option<String>,
    /// Runs out when a hidden window has not been wanted for long enough.
    rest: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// Whether it can be seen, as far as the program knows.
    is_shown: bool,
    reply: Option<Reply>,
}

/// What the keeper heard.
enum Heard {
    Order(Order),
    News(News),
    Said(Option<ToProgram>),
    Answered(ToView),
    Colours,
    Rested,
}

impl Keeper {
    /// A keeper with no window.
    pub(crate) fn new(
        app: AppHandle,
        engine: Engine,
        clock: Clock,
        corner: PathBuf,
        colours: watch::Receiver<Option<Theme>>,
    ) -> Self {
        Self {
            app,
            feed: engine.news(),
            engine,
            clock,
            corner,
            colours,
            answers: mpsc::channel(ANSWERS),
            pane: None,
            place: None,
            rest: None,
            is_shown: false,
            reply: None,
        }
    }

    /// Follows `orders` until `stop`; then the window is gone.
    pub(crate) async fn follow(
        mut self,
        mut orders: mpsc::Receiver<Order>,
        stop: CancellationToken,
    ) {
        let all = async {
            while let Some(heard) = self.hear(&mut orders).await {
                self.act(heard).await;
            }
        };
        stop.run_until_cancelled(all).await;
        self.end().await;
    }

    /// The next thing to act on; `None` where nothing will ever come.
    async fn hear(&mut self, orders: &mut mpsc::Receiver<Order>) -> Option<Heard> {
        let says = async {
            match &mut self.pane {
                Some(pane) => pane.says().await,
                None => pending().await,
            }
        };
        let rested = async {
            match &mut self.rest {
                Some(rest) => rest.await,
                None => pending().await,
            }
        };
        Some(tokio::select! {
            order = orders.recv() => Heard::Order(order?),
            said = says => Heard::Said(said),
            news = self.feed.next() => Heard::News(news?),
            Some(answer) = self.answers.1.recv() => Heard::Answered(answer),
            changed = self.colours.changed() => changed.map(|()| Heard::Colours).ok()?,
            () = rested => Heard::Rested,
        })
    }

    async fn act(&mut self, heard: Heard) {
        match heard {
            Heard::Order(Order::Open(spot)) => self.open(spot.place()).await,
            Heard::Order(Order::Hide(kept)) => {
                self.is_shown = false;
                self.tell(ToView::Hide).await;
                let clock = self.clock.clone();
                self.rest = Some(Box::pin(async move { clock.sleep(kept).await }));
            }
            Heard::Order(Order::Ask(question, reply)) => self.ask(question, reply).await,
            Heard::News(news) if self.pane.is_some() => match serde_json::to_value(news) {
                Ok(news) => self.tell(ToView::News(news)).await,
                Err(fault) => tracing::warn!(name = "news.not_told", %fault),
            },
            // A window that is not there asks for everything when it opens.
            Heard::News(_) => {}
            Heard::Answered(answer) => self.tell(answer).await,
            Heard::Colours => {
                let colours = *self.colours.borrow_and_update();
                self.tell(ToView::Colours(colours)).await;
            }
            Heard::Rested => self.end().await,
            Heard::Said(Some(said)) => self.obey(said),
            Heard::Said(None) => {
                tracing::warn!(name = "window.fell");
                self.end().await;
            }
        }
    }

    async fn open(&mut self, place: Option<String>) {
        self.rest = None;
        if self.pane.is_some() {
            self.is_shown = true;
            return self.tell(ToView::Show(place)).await;
        }
        match Pane::start(platform::itself(), &self.corner) {
            Ok(pane) => self.pane = Some(pane),
            Err(fault) => return tracing::error!(name = "window.not_started", %fault),
        }
        self.is_shown = true;
        let colours = *self.colours.borrow_and_update();
        self.tell(ToView::Colours(colours)).await;
        let place = place.or_else(|| self.place.clone());
        self.tell(ToView::Show(place)).await;
    }

    /// A window that is gone is told nothing; that it fell is heard next.
    async fn tell(&mut self, message: ToView) {
        if let Some(pane) = &mut self.pane
            && let Err(fault) = pane.tell(&message).await
        {
            tracing::debug!(name = "window.not_told", %fault);
        }
    }

    fn obey(&mut self, said: ToProgram) {
        match said {
            ToProgram::Ask(number, ask) => self.pass(number, ask.to_string()),
            ToProgram::Closing => leaving::close(&self.app),
            ToProgram::Hidden(place) => self.place = place,
            ToProgram::Focused(is_focused) => {
                self.app.state::<Windows>().set_focused(is_focused);
            }
            ToProgram::Answered(answer) => self.replied(answer),
            ToProgram::Copied(text) => {
                if let Err(complaint) = self.app.state::<Clipboard>().set(&text) {
                    tracing::warn!(name = "window.copied_text_lost", complaint = %complaint.message);
                }
            }
            ToProgram::Failed(why) => tracing::error!(name = "window.failed", %why),
        }
    }

    /// Has `control` answer, beside everything else.
    fn pass(&self, number: u64, ask: String) {
        let (engine, answers) = (self.engine.clone(), self.answers.0.clone());
        let tasks = &self.app.state::<Running>().tasks;
        tasks.spawn("ask", |stop| async move {
            let answering = engine.ask(Shell::Window, ask.as_bytes());
            let Some(answer) = stop.run_until_cancelled(answering).await else {
                return;
            };
            let answer = answer.map_err(|complaint| serde_json::json!(complaint));
            // An error means that the keeper is gone, and the window with it.
            let _ = answers.send(ToView::Answer(number, answer)).await;
        });
    }

    async fn ask(&mut self, question: Question, reply: Reply) {
        if self.is_shown && self.pane.is_some() {
            self.reply = Some(reply);
            return self.tell(ToView::Question(question)).await;
        }
        let of = self.app.clone();
        let asked = platform::ask(&self.app, question, move |answer| reply(&of, answer));
        if let Err(fault) = asked {
            self.app
                .state::<Running>()
                .is_asking
                .store(false, Ordering::SeqCst);
            tracing::error!(name = "question.not_asked", %fault);
        }
    }

    fn replied(&mut self, answer: Answer) {
        if let Some(reply) = self.reply.take() {
            reply(&self.app, answer);
        }
    }

    /// Ends the window's process, if there is one; a question in it has no answer.
    async fn end(&mut self) {
        self.rest = None;
        self.is_shown = false;
        self.app.state::<Windows>().set_focused(false);
        if let Some(pane) = self.pane.take() {
            for said in pane.end(&self.clock).await {
                if matches!(said, ToProgram::Copied(_) | ToProgram::Hidden(_)) {
                    self.obey(said);
                }
            }
            tracing::info!(name = "window.ended");
        }
        self.replied(Answer::Neither);
    }
}

/// More answers at once wait for their turn.
const ANSWERS: usize = 16;
