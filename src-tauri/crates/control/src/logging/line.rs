//! One event as one line of JSON: when, how grave, what, whose, and its fields.

use std::fmt::{self, Write as _};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::plain;

/// Writes `{"at":…,"level":…,"event":…,"target":…,"within":[…],…fields}`.
///
/// The event is the name it was given, as metadata or as a field called `name`.
#[derive(Debug)]
pub(crate) struct Line;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let metadata = event.metadata();
        let mut fields = Fields::default();
        event.record(&mut fields);
        let named = fields.0.remove("name");
        let mut line = Map::new();
        line.insert("at".to_owned(), now()?.into());
        line.insert("level".to_owned(), metadata.level().as_str().into());
        let name = named.unwrap_or_else(|| metadata.name().into());
        line.insert("event".to_owned(), name);
        line.insert("target".to_owned(), metadata.target().into());
        let within = spans(context);
        if !within.is_empty() {
            line.insert("within".to_owned(), within.into());
        }
        line.extend(fields.0);
        // A person may read the file on a terminal.
        writeln!(writer, "{}", plain::json(&Value::Object(line).to_string()))
    }
}

/// The time as the lines have it.
pub(super) fn now() -> Result<String, fmt::Error> {
    let mut at = String::new();
    SystemTime.format_time(&mut Writer::new(&mut at))?;
    Ok(at)
}

/// The spans around the event, outermost first, each with its fields.
fn spans<S, N>(context: &FmtContext<'_, S, N>) -> Vec<String>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    let scope = context.event_scope().into_iter();
    scope
        .flat_map(tracing_subscriber::registry::Scope::from_root)
        .map(|span| {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<N>>();
            let fields = fields.map(|fields| fields.as_str()).unwrap_or_default();
            format!("{} {fields}", span.name()).trim_end().to_owned()
        })
        .collect()
}

#[derive(Default)]
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        let _ = write!(text, "{value:?}");
        self.0.insert(field.name().to_owned(), text.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use parking_lot::Mutex;
    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Written {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    #[test]
    fn a_line_names_its_event_however_the_name_was_given() {
        let written = Written::default();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .event_format(Line)
            .with_writer(written.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let _span = tracing::info_span!("request", id = "req_1").entered();
            tracing::info!(name: "quota.reached", until = 7_i64, account = "a\"b\nc\u{9b}m");
            tracing::warn!(name = "serve.moved", again = true);
        });
        let text = String::from_utf8(written.0.lock().clone()).unwrap();
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["event"], "quota.reached");
        assert_eq!(lines[0]["account"], "a\"b\nc\u{9b}m");
        let moves = |c: char| c.is_control() && c != '\n';
        assert!(!text.contains(moves), "{text:?}");
        assert_eq!(lines[0]["until"], 7);
        assert_eq!(lines[0]["within"][0], "request id=\"req_1\"");
        assert_eq!(lines[1]["event"], "serve.moved");
        assert_eq!(
            (&lines[1]["level"], &lines[1]["again"]),
            (&"WARN".into(), &true.into())
        );
    }
}
