//! What a row of the table of pages comes to: an address, a handler, and who may come. A handler that
//! does not ask for the permission of its row does not compile.

use ::web::access::Permission;
use actix_web::{FromRequest, Handler, Responder, Route, guard, web};

use crate::page::Page;
use crate::visit::Visit;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// `get` or `post`.
    pub method: &'static str,
    /// Its address.
    pub path: &'static str,
    /// The file below `pages/`.
    pub page: &'static str,
    /// The permission that it takes, by its name; `Anybody` for none.
    pub permission: &'static str,
}

/// For pages that everybody may see.
pub(crate) enum Anybody {}

/// Who may come: a row of the access table, or everybody.
pub(crate) trait Admits {
    /// As the table says it.
    const NAME: &'static str;
}

impl Admits for Anybody {
    const NAME: &'static str = "Anybody";
}

impl<P: Permission> Admits for P {
    const NAME: &'static str = <P as Permission>::NAME;
}

/// What a handler takes, when its first part asks who comes.
pub(crate) trait Asks<P> {}

macro_rules! asks {
    ($($more:ident)*) => {
        impl<P, $($more),*> Asks<P> for (Page<P>, $($more,)*) {}
        impl<$($more),*> Asks<Anybody> for (Visit, $($more,)*) {}
    };
}

asks!();
asks!(A);
asks!(A B);
asks!(A B C);

pub(crate) fn on<P, F, Args>(method: Route, handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + Asks<P> + 'static,
    F::Output: Responder + 'static,
{
    method.to(handler)
}

pub(crate) fn get() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

pub(crate) fn post() -> Route {
    web::post()
}

/// A page, its addresses, its handlers, and who may come.
macro_rules! pages {
    ($($page:ident { $($method:ident $path:literal => $handler:ident, $permission:ident;)+ })+) => {
        /// Every page, in the order in which the router looks.
        pub const TABLE: &[Row] = &[$($(Row {
            method: stringify!($method),
            path: $path,
            page: stringify!($page),
            permission: <$permission as Admits>::NAME,
        }),+),+];

        /// Registers every page.
        pub(crate) fn register(config: &mut web::ServiceConfig) {
            $($(config.route($path, on::<$permission, _, _>($method(), pages::$page::$handler));)+)+
        }

        /// The examples of every page.
        pub(crate) fn samples() -> Vec<Sample> {
            let mut all = Vec::new();
            $(all.extend(pages::$page::samples());)+
            all
        }
    };
}

pub(crate) use pages;
