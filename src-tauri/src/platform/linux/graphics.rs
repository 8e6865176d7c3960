//! What GTK and WebKitGTK must find in their environment: a table.
//!
//! | driver | session | started from | the person set | so |
//! |---|---|---|---|---|
//! | any | any | any | not `GDK_GL` | GTK leaves the graphics driver alone, and WebKit draws without it |
//! | any | any | any | none of WebKit's own switches | its DMABUF renderer is off: nothing is drawn that needs it, and with NVIDIA's driver windows stay blank |
//! | NVIDIA's | Wayland | an AppImage | | GTK uses Wayland again: the image's start script forces X11, where no click arrives |
//!
//! The first two rows are for memory: the driver's compiler alone costs more than the server. A page of
//! text needs none of it. A variable that is put right once says so itself, so a second look
//! changes nothing.

/// What is known about the machine before GTK starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Machine<'a> {
    /// NVIDIA's own driver is loaded; nouveau does not count.
    pub(super) nvidia: bool,
    /// The session is Wayland.
    pub(super) wayland: bool,
    /// The program runs from an AppImage.
    pub(super) app_image: bool,
    /// `GDK_GL` has a value.
    pub(super) is_gl_chosen: bool,
    /// A switch of WebKit's renderer has a value.
    pub(super) is_chosen: bool,
    /// The value of `GDK_BACKEND`.
    pub(super) backend: Option<&'a str>,
}

/// The variables to set, with their values.
pub(super) fn remedies(machine: &Machine<'_>) -> Vec<(&'static str, &'static str)> {
    let mut remedies = Vec::new();
    if !machine.is_gl_chosen {
        remedies.push((GL, "disable"));
    }
    if !machine.is_chosen {
        remedies.push((NO_DMABUF, "1"));
    }
    let is_forced = machine.app_image && machine.backend == Some("x11");
    if machine.nvidia && machine.wayland && is_forced {
        remedies.push((BACKEND, "wayland,x11"));
    }
    remedies
}

/// The switches with which a person chooses WebKit's renderer.
pub(super) const CHOICES: [&str; 2] = [NO_DMABUF, "WEBKIT_DISABLE_COMPOSITING_MODE"];

/// The variable that names GTK's windowing systems.
pub(super) const BACKEND: &str = "GDK_BACKEND";

/// The variable that says how GTK uses OpenGL.
pub(super) const GL: &str = "GDK_GL";

const NO_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(machine: Machine<'_>, expected: &[(&str, &str)]) {
        assert_eq!(remedies(&machine), expected);
    }

    /// NVIDIA's driver, with GTK told already.
    const NVIDIA: Machine<'_> = Machine {
        nvidia: true,
        wayland: false,
        app_image: false,
        is_gl_chosen: true,
        is_chosen: false,
        backend: None,
    };

    #[test]
    fn the_driver_is_left_alone_unless_the_person_wants_it() {
        let plain = Machine::default();
        let dmabuf = ("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        check(plain, &[("GDK_GL", "disable"), dmabuf]);
        let is_gl_chosen = true;
        check(
            Machine {
                is_gl_chosen,
                ..plain
            },
            &[dmabuf],
        );
        let is_chosen = true;
        check(Machine { is_chosen, ..plain }, &[("GDK_GL", "disable")]);
    }

    #[test]
    fn the_session_is_touched_for_no_other_driver() {
        for (wayland, app_image) in [(false, false), (false, true), (true, false), (true, true)] {
            check(
                Machine {
                    nvidia: false,
                    wayland,
                    app_image,
                    is_chosen: true,
                    backend: Some("x11"),
                    ..NVIDIA
                },
                &[],
            );
        }
    }

    #[test]
    fn what_the_person_chose_stays() {
        check(
            Machine {
                is_chosen: true,
                wayland: true,
                ..NVIDIA
            },
            &[],
        );
    }

    #[test]
    fn an_app_image_on_wayland_gets_its_clicks_back() {
        let image = Machine {
            wayland: true,
            app_image: true,
            is_chosen: true,
            backend: Some("x11"),
            ..NVIDIA
        };
        check(image, &[("GDK_BACKEND", "wayland,x11")]);
        for other in [
            Machine {
                app_image: false,
                ..image
            },
            Machine {
                wayland: false,
                ..image
            },
            // A second look, after the first was heeded.
            Machine {
                backend: Some("wayland,x11"),
                ..image
            },
        ] {
            check(other, &[]);
        }
    }
}
