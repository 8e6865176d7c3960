//! Laws of Chat completions that are stored.

use proptest::prelude::*;
use translate::chat::stored::{Stored, Wanted, changed};
use translate::{Collector, Dialect, Shape, Writer, state};
use wire::responses::Event;
use wire::sse::Frames;

use super::script::script;
use super::{born, event};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_stored_of_a_chat_stream_is_its_whole(script in script()) {
        let keeping = state::Keeping { stored: true, ..state::Keeping::default() };
        let shape = Shape { model: "m".into(), keeping: keeping.into(), ..Shape::default() };
        let events: Vec<Event> = script.iter().filter_map(event).collect();
        let mut collector = Collector::new(Dialect::Chat, shape.clone(), born());
        let mut writer = Writer::new(Dialect::Chat, shape, born());
        for event in &events {
            collector.push(event);
            writer.write(event, &mut Frames::new());
        }
        let whole = collector.finish().ok().map(|whole| String::from_utf8(whole).unwrap());
        prop_assert_eq!(writer.take_whole().map(|whole| whole.get().to_owned()), whole);
        prop_assert!(writer.take_whole().is_none());
        let mut other = Writer::new(Dialect::Chat, Shape::default(), born());
        events.iter().for_each(|event| other.write(event, &mut Frames::new()));
        prop_assert!(other.take_whole().is_none());
    }

    #[test]
    fn no_bytes_make_a_reader_of_stored_completions_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(!matches!(wire::json::read(&bytes, Wanted::read), Ok(Some(_))));
        prop_assert!(changed(&bytes).is_err());
        prop_assert!(Stored::read(&bytes).is_none());
    }
}
