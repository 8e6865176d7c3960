//! What WebKitGTK must find in its environment to draw a window at all: a table.
//!
//! | driver | session | started from | the person set | so |
//! |---|---|---|---|---|
//! | not NVIDIA's | any | any | anything | nothing is touched |
//! | NVIDIA's | any | any | one of WebKit's own switches | nothing is touched |
//! | NVIDIA's | any | any | none of them | its DMABUF renderer is off: windows stay blank with it |
//! | NVIDIA's | Wayland | an AppImage | | GTK uses Wayland again: the image's start script forces X11, where no click arrives |
//!
//! A variable that is put right once says so itself, so a second look changes nothing.

/// What is known about the machine before GTK starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Machine<'a> {
    /// NVIDIA's own driver is loaded; nouveau does not count.
    pub(super) nvidia: bool,
    /// The session is Wayland.
    pub(super) wayland: bool,
    /// The program runs from an AppImage.
    pub(super) app_image: bool,
    /// A switch of WebKit's renderer has a value.
    pub(super) is_chosen: bool,
    /// The value of `GDK_BACKEND`.
    pub(super) backend: Option<&'a str>,
}

/// The variables to set, with their values.
pub(super) fn remedies(machine: &Machine<'_>) -> Vec<(&'static str, &'static str)> {
    let mut remedies = Vec::new();
    if !machine.nvidia {
        return remedies;
    }
    if !machine.is_chosen {
        remedies.push((NO_DMABUF, "1"));
    }
    if machine.wayland && machine.app_image && machine.backend == Some("x11") {
        remedies.push((BACKEND, "wayland,x11"));
    }
    remedies
}

/// The switches with which a person chooses WebKit's renderer.
pub(super) const CHOICES: [&str; 2] = [NO_DMABUF, "WEBKIT_DISABLE_COMPOSITING_MODE"];

/// The variable that names GTK's windowing systems.
pub(super) const BACKEND: &str = "GDK_BACKEND";

const NO_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(machine: Machine<'_>, expected: &[(&str, &str)]) {
        assert_eq!(remedies(&machine), expected);
    }

    const NVIDIA: Machine<'_> = Machine {
        nvidia: true,
        wayland: false,
        app_image: false,
        is_chosen: false,
        backend: None,
    };

    #[test]
    fn other_drivers_are_left_alone() {
        for (wayland, app_image) in [(false, false), (false, true), (true, false), (true, true)] {
            check(
                Machine {
                    nvidia: false,
                    wayland,
                    app_image,
                    backend: Some("x11"),
                    ..NVIDIA
                },
                &[],
            );
        }
    }

    #[test]
    fn nvidia_draws_without_dmabuf_on_both_systems() {
        check(NVIDIA, &[("WEBKIT_DISABLE_DMABUF_RENDERER", "1")]);
        check(
            Machine {
                wayland: true,
                ..NVIDIA
            },
            &[("WEBKIT_DISABLE_DMABUF_RENDERER", "1")],
        );
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
        check(
            Machine {
                app_image: false,
                ..image
            },
            &[],
        );
        check(
            Machine {
                wayland: false,
                ..image
            },
            &[],
        );
    }

    #[test]
    fn a_second_look_changes_nothing() {
        check(
            Machine {
                wayland: true,
                app_image: true,
                is_chosen: true,
                backend: Some("wayland,x11"),
                ..NVIDIA
            },
            &[],
        );
    }
}
