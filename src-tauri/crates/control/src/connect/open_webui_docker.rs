//! Open WebUI in a container, which reaches this machine by another name.

use super::setup::KEY;
use super::{Card, CardGroup, Field, Paste, Setup, Trap};

pub(super) fn card(setup: &Setup<'_>) -> Card {
    Card {
        id: "open-webui-docker",
        name: "Open WebUI (Docker)",
        group: CardGroup::App,
        place: "Admin Panel ▸ Settings ▸ Connections ▸ OpenAI API ▸ Add Connection",
        fields: vec![Field::text("URL", setup.container_url()), Field::key("Key")],
        paste: Some(Paste {
            into: "docker run",
            language: "shell",
            text: format!(
                "docker run -d -p 3000:8080 --add-host=host.docker.internal:host-gateway \\\n  \
                 -e OPENAI_API_BASE_URL={} -e OPENAI_API_KEY={KEY} \\\n  \
                 -v open-webui:/app/backend/data --name open-webui \\\n  \
                 ghcr.io/open-webui/open-webui:main",
                setup.container_url()
            ),
        }),
        can_import: false,
        traps: vec![Trap::DockerName, Trap::DockerHost],
    }
}
