//! A backend that does not stop: it says what a test has it say, and knows how much of it was taken.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base::Tasks;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// The backend, and what became of its words.
pub(crate) struct Flood {
    at: SocketAddr,
    told: Arc<Told>,
}

/// What it says, and how often.
struct Words {
    beginning: &'static str,
    piece: String,
    times: usize,
}

#[derive(Default)]
struct Told {
    /// Bytes that were taken.
    taken: AtomicUsize,
    /// Connections that were closed before all was taken.
    left: AtomicUsize,
}

impl Flood {
    /// Answers every request with the beginning of an answer, then with `piece` over and over, `times`
    /// times.
    pub(crate) async fn of(piece: String, times: usize) -> Self {
        let beginning = BEGINNING;
        Self::with(Words {
            beginning,
            piece,
            times,
        })
        .await
    }

    /// Answers every request with `bytes` and nothing else.
    pub(crate) async fn saying(bytes: &'static str) -> Self {
        Self::with(Words {
            beginning: bytes,
            piece: String::new(),
            times: 0,
        })
        .await
    }

    async fn with(words: Words) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (told, words) = (Arc::<Told>::default(), Arc::new(words));
        let (telling, tasks) = (Arc::clone(&told), Tasks::new());
        tasks.clone().spawn("flood", |_| async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (told, words) = (Arc::clone(&telling), Arc::clone(&words));
                tasks.spawn("pour", |_| async move {
                    if pour(stream, &words, &told).await.is_err() {
                        told.left.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        Self { at, told }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.at)
    }

    pub(crate) fn taken(&self) -> usize {
        self.told.taken.load(Ordering::SeqCst)
    }

    pub(crate) fn left(&self) -> usize {
        self.told.left.load(Ordering::SeqCst)
    }
}

/// More text, so many bytes of it.
pub(crate) fn delta(bytes: usize) -> String {
    let text = "x".repeat(bytes);
    format!(
        "data: {{\"type\":\"response.output_text.delta\",\"item_id\":\"msg_1\",\"output_index\":0,\
         \"content_index\":0,\"delta\":\"{text}\"}}\n\n"
    )
}

async fn pour(mut stream: TcpStream, words: &Words, told: &Told) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        if stream.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
    }
    if request.starts_with(b"GET ") {
        return stream.write_all(NOTHING.as_bytes()).await;
    }
    stream.write_all(words.beginning.as_bytes()).await?;
    for _ in 0..words.times {
        let mut rest = words.piece.as_bytes();
        while !rest.is_empty() {
            let (taken, _) = rest.split_at(stream.write(rest).await?);
            told.taken.fetch_add(taken.len(), Ordering::SeqCst);
            rest = &rest[taken.len()..];
        }
    }
    if words.times > 0 {
        // The rest of the request, and the end: until then it must not look as if it had broken off.
        while stream.read_buf(&mut request).await? > 0 {}
    }
    Ok(())
}

/// There is no list of models.
const NOTHING: &str = "HTTP/1.1 404 Not Found\r\ncontent-length: 1\r\nconnection: close\r\n\r\n-";

const BEGINNING: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\
    data: {\"type\":\"response.created\",\"response\":{\"id\":\"resp_1\",\"object\":\"response\",\
    \"status\":\"in_progress\",\"output\":[]}}\n\n\
    data: {\"type\":\"response.output_item.added\",\"output_index\":0,\"item\":{\"id\":\"msg_1\",\
    \"type\":\"message\",\"role\":\"assistant\",\"status\":\"in_progress\",\"content\":[]}}\n\n\
    data: {\"type\":\"response.content_part.added\",\"item_id\":\"msg_1\",\"output_index\":0,\
    \"content_index\":0,\"part\":{\"type\":\"output_text\",\"text\":\"\",\"annotations\":[]}}\n\n";
