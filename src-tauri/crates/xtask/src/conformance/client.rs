//! The clients: a row for each. Whoever adds one adds a folder below `src-tauri/clients`, a
//! section of the table of cases, and a row here.

/// One client and how it is driven.
#[derive(Debug)]
pub(super) struct Client {
    /// Its folder, its report, and its row on the board.
    pub(super) name: &'static str,
    /// What the page calls it.
    pub(super) title: &'static str,
    pub(super) rows: Rows,
    /// What it runs besides, though others run those rows too.
    pub(super) besides: Option<Section>,
    pub(super) made: Made,
    pub(super) door: Door,
    /// What Postern's settings say for it.
    pub(super) settings: &'static str,
    /// What its runner is told besides what every runner is told.
    pub(super) told: &'static [Told],
    /// True for programs that ask others than their base URL.
    pub(super) calls_home: bool,
}

impl Client {
    /// The file that its runner writes.
    pub(super) fn report(&self) -> String {
        format!("{}.json", self.name)
    }
}

/// Which part of the table it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rows {
    /// What all OpenAI SDKs run; the word heads the SDK's column.
    Shared(&'static str),
    /// A section that no other client runs.
    Own(Section),
}

/// A section of the table that one client runs, and its heading on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) heading: &'static str,
}

/// What is installed for it, and what drives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// `requirements.txt`, driven by its `run.py` in an environment of its own.
    Python,
    /// `package-lock.json`, driven by its `run.mjs`.
    Node,
    /// `package-lock.json`, driven by its `run.py`, which needs no packages.
    Program,
}

/// What it is given as base URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    OpenAi,
    Ollama,
}

/// Something a runner may want to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// `--node`: a Node that is new enough.
    Node,
    /// `--second`: the stand-in's second origin.
    Second,
    /// `--postern` and `--postern-home`: the command itself.
    Postern,
    /// `--ollama`: the root of the Ollama door.
    Ollama,
}

/// What most rows say; a row names what differs.
const PLAIN: Client = Client {
    name: "",
    title: "",
    rows: Rows::Shared(""),
    besides: None,
    made: Made::Python,
    door: Door::OpenAi,
    settings: "",
    told: &[],
    calls_home: false,
};

/// In the order of the page.
pub(super) const CLIENTS: &[Client] = &[
    Client {
        name: SDK,
        title: "OpenAI SDK for Python",
        rows: Rows::Shared("Python"),
        besides: Some(section(
            "types",
            "The types of the OpenAI SDK for Python, and OpenAI's schema",
        )),
        ..PLAIN
    },
    Client {
        name: "openai-node",
        title: "OpenAI SDK for Node",
        rows: Rows::Shared("Node"),
        made: Made::Node,
        ..PLAIN
    },
    Client {
        name: "codex",
        title: "Codex CLI",
        rows: own("codex", "Codex CLI"),
        made: Made::Program,
        // Codex sends no key to an Ollama.
        settings: "ollama = true\nollama_port = 0\nollama_key = false\n",
        told: &[Told::Node, Told::Second, Told::Postern, Told::Ollama],
        calls_home: true,
        ..PLAIN
    },
    Client {
        name: "anthropic-python",
        title: "Anthropic SDK for Python",
        rows: own("anthropic", "Anthropic SDK for Python"),
        ..PLAIN
    },
    Client {
        name: "claude-code",
        title: "Claude Code",
        rows: own("claude_code", "Claude Code"),
        made: Made::Program,
        calls_home: true,
        ..PLAIN
    },
    Client {
        name: "ollama-python",
        title: "Ollama's client for Python",
        rows: own("ollama", "Ollama"),
        door: Door::Ollama,
        settings: "ollama = true\nollama_port = 0\n",
        ..PLAIN
    },
    Client {
        name: "llm",
        title: "llm",
        rows: own("llm", "llm"),
        ..PLAIN
    },
    Client {
        name: "openai-agents",
        title: "OpenAI Agents SDK for Python",
        rows: own("openai_agents", "OpenAI Agents SDK for Python"),
        ..PLAIN
    },
    Client {
        name: "pi",
        title: "Pi",
        rows: own("pi", "Pi"),
        made: Made::Program,
        told: &[Told::Node],
        calls_home: true,
        ..PLAIN
    },
    Client {
        name: "opencode",
        title: "OpenCode",
        rows: own("opencode", "OpenCode"),
        made: Made::Program,
        calls_home: true,
        ..PLAIN
    },
    Client {
        name: "aider",
        title: "aider",
        rows: own("aider", "aider"),
        calls_home: true,
        ..PLAIN
    },
];

/// The client whose environment drives the programs as well.
pub(super) const SDK: &str = "openai-python";

const fn own(name: &'static str, heading: &'static str) -> Rows {
    Rows::Own(section(name, heading))
}

const fn section(name: &'static str, heading: &'static str) -> Section {
    Section { name, heading }
}
