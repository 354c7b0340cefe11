/// Lets a [`kernel::text_enum!`] of the calling crate be a `Text` column. A name that
/// the enum does not know is an error, never a default. The crate depends on `diesel`.
#[macro_export]
macro_rules! text_column {
    ($($type:ty),* $(,)?) => {$(
        $crate::kernel::column_as_text!($type,
            write |value| value.as_str().to_owned(),
            read |text| text.parse::<$type>());
        $crate::column_over_both!($type);
    )*};
}

/// Lets a serde type of the calling crate be a `Text` column that holds its JSON.
/// The crate depends on `diesel`.
#[macro_export]
macro_rules! json_column {
    ($($type:ty),* $(,)?) => {$(
        $crate::kernel::column_as_text!($type,
            write |value| $crate::serde_json::to_string(value)?,
            read |text| $crate::serde_json::from_str::<$type>(&text));
        $crate::column_over_both!($type);
    )*};
}

#[doc(hidden)]
#[macro_export]
macro_rules! column_over_both {
    ($type:ty) => {
        const _: () = {
            use $crate::MultiBackend;
            use $crate::diesel::backend::Backend;
            use $crate::diesel::deserialize::{self, FromSql};
            use $crate::diesel::serialize::{self, IsNull, Output, ToSql};
            use $crate::diesel::sql_types::Text;

            impl ToSql<Text, MultiBackend> for $type {
                fn to_sql<'b>(
                    &'b self,
                    out: &mut Output<'b, '_, MultiBackend>,
                ) -> serialize::Result {
                    out.set_value((Text, self));
                    Ok(IsNull::No)
                }
            }
            impl FromSql<Text, MultiBackend> for $type {
                fn from_sql(
                    value: <MultiBackend as Backend>::RawValue<'_>,
                ) -> deserialize::Result<Self> {
                    value.from_sql::<Self, Text>()
                }
            }
        };
    };
}

column_over_both!(kernel::Role);
column_over_both!(kernel::Language);
column_over_both!(kernel::DeviceKind);
column_over_both!(kernel::AccessoryKind);
column_over_both!(kernel::Grade);
column_over_both!(kernel::Theme);
