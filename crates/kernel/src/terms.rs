//! The words that several domains share.

use crate::{Role, column_as_text, text_enum};

text_enum! {
    /// What kind of machine.
    pub enum DeviceKind {
        /// A desktop computer, without its screen.
        Desktop = "desktop",
        /// A laptop.
        Laptop = "laptop",
        /// A tablet.
        Tablet = "tablet",
        /// A smartphone.
        Smartphone = "smartphone",
        /// A screen.
        Monitor = "monitor",
        /// A printer.
        Printer = "printer",
        /// A 3D printer.
        Printer3d = "3d_printer",
        /// A laser cutter.
        LaserCutter = "laser_cutter",
        /// Anything else.
        Other = "other",
    }
}

impl DeviceKind {
    /// What French readers call so many of them.
    pub const fn french(self, count: u64) -> &'static str {
        match (self, count > 1) {
            (Self::Desktop, false) => "ordinateur fixe",
            (Self::Desktop, true) => "ordinateurs fixes",
            (Self::Laptop, false) => "ordinateur portable",
            (Self::Laptop, true) => "ordinateurs portables",
            (Self::Tablet, false) => "tablette",
            (Self::Tablet, true) => "tablettes",
            (Self::Smartphone, false) => "smartphone",
            (Self::Smartphone, true) => "smartphones",
            (Self::Monitor, false) => "écran",
            (Self::Monitor, true) => "écrans",
            (Self::Printer, false) => "imprimante",
            (Self::Printer, true) => "imprimantes",
            (Self::Printer3d, false) => "imprimante 3D",
            (Self::Printer3d, true) => "imprimantes 3D",
            (Self::LaserCutter, false) => "découpeuse laser",
            (Self::LaserCutter, true) => "découpeuses laser",
            (Self::Other, false) => "autre appareil",
            (Self::Other, true) => "autres appareils",
        }
    }

    /// What English readers call so many of them.
    pub const fn english(self, count: u64) -> &'static str {
        match (self, count == 1) {
            (Self::Desktop, true) => "desktop computer",
            (Self::Desktop, false) => "desktop computers",
            (Self::Laptop, true) => "laptop",
            (Self::Laptop, false) => "laptops",
            (Self::Tablet, true) => "tablet",
            (Self::Tablet, false) => "tablets",
            (Self::Smartphone, true) => "smartphone",
            (Self::Smartphone, false) => "smartphones",
            (Self::Monitor, true) => "monitor",
            (Self::Monitor, false) => "monitors",
            (Self::Printer, true) => "printer",
            (Self::Printer, false) => "printers",
            (Self::Printer3d, true) => "3D printer",
            (Self::Printer3d, false) => "3D printers",
            (Self::LaserCutter, true) => "laser cutter",
            (Self::LaserCutter, false) => "laser cutters",
            (Self::Other, true) => "other device",
            (Self::Other, false) => "other devices",
        }
    }
}

text_enum! {
    /// What comes with a machine, by count.
    pub enum AccessoryKind {
        /// A keyboard.
        Keyboard = "keyboard",
        /// A mouse.
        Mouse = "mouse",
        /// A laptop's charger.
        Charger = "charger",
        /// A power cable.
        PowerCable = "power_cable",
        /// A cable to a screen.
        VideoCable = "video_cable",
        /// Anything else.
        Other = "other",
    }
}

text_enum! {
    /// How a device looks: its cosmetic grade.
    pub enum Grade {
        /// Like few traces of use.
        A = "A",
        /// Traces of use.
        B = "B",
        /// Marked traces of use.
        C = "C",
        /// Damaged where it does not matter.
        D = "D",
    }
}

text_enum! {
    /// What an association works against, or for.
    pub enum Theme {
        /// Precarity.
        Precarity = "precarity",
        /// Exclusion.
        Exclusion = "exclusion",
        /// Illiteracy.
        Illiteracy = "illiteracy",
        /// Digital mediation.
        DigitalMediation = "digital_mediation",
        /// Access to employment.
        Employment = "employment",
        /// Anything else.
        Other = "other",
    }
}

text_enum! {
    /// The language someone reads.
    pub enum Language {
        /// French, the default.
        French = "fr",
        /// English.
        English = "en",
    }
}

macro_rules! columns {
    ($($type:ty),*) => {$(
        column_as_text!($type,
            write |value| value.as_str().to_owned(),
            read |text| text.parse::<$type>());
    )*};
}

columns!(Role, DeviceKind, AccessoryKind, Grade, Theme, Language);
