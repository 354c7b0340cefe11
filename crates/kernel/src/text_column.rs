//! How a domain type is a `Text` column on each engine. The connection over both is the
//! `db` crate's, which adds its own part with `db::text_column!` and `db::json_column!`.

#[doc(hidden)]
#[macro_export]
macro_rules! column_as_text {
    ($type:ty, write |$value:ident| $write:expr, read |$text:ident| $read:expr) => {
        const _: () = {
            use $crate::diesel::backend::Backend;
            use $crate::diesel::deserialize::{self, FromSql, Queryable};
            use $crate::diesel::expression::AsExpression;
            use $crate::diesel::internal::derives::as_expression::Bound;
            use $crate::diesel::pg::Pg;
            use $crate::diesel::serialize::{self, IsNull, Output, ToSql};
            use $crate::diesel::sql_types::{Nullable, Text};
            use $crate::diesel::sqlite::Sqlite;

            fn write($value: &$type) -> Result<String, Box<dyn ::std::error::Error + Send + Sync>> {
                Ok($write)
            }

            fn read($text: String) -> deserialize::Result<$type> {
                Ok($read?)
            }

            impl AsExpression<Text> for $type {
                type Expression = Bound<Text, Self>;
                fn as_expression(self) -> Self::Expression {
                    Bound::new(self)
                }
            }
            impl AsExpression<Nullable<Text>> for $type {
                type Expression = Bound<Nullable<Text>, Self>;
                fn as_expression(self) -> Self::Expression {
                    Bound::new(self)
                }
            }
            impl<'a> AsExpression<Text> for &'a $type {
                type Expression = Bound<Text, Self>;
                fn as_expression(self) -> Self::Expression {
                    Bound::new(self)
                }
            }
            impl<'a> AsExpression<Nullable<Text>> for &'a $type {
                type Expression = Bound<Nullable<Text>, Self>;
                fn as_expression(self) -> Self::Expression {
                    Bound::new(self)
                }
            }
            impl<B: Backend> ToSql<Nullable<Text>, B> for $type
            where
                Self: ToSql<Text, B>,
            {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, B>) -> serialize::Result {
                    <Self as ToSql<Text, B>>::to_sql(self, out)
                }
            }
            impl<B: Backend> Queryable<Text, B> for $type
            where
                Self: FromSql<Text, B>,
            {
                type Row = Self;
                fn build(row: Self) -> deserialize::Result<Self> {
                    Ok(row)
                }
            }
            impl ToSql<Text, Pg> for $type {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                    ::std::io::Write::write_all(out, write(self)?.as_bytes())?;
                    Ok(IsNull::No)
                }
            }
            impl FromSql<Text, Pg> for $type {
                fn from_sql(value: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    read(<String as FromSql<Text, Pg>>::from_sql(value)?)
                }
            }
            impl ToSql<Text, Sqlite> for $type {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                    out.set_value(write(self)?);
                    Ok(IsNull::No)
                }
            }
            impl FromSql<Text, Sqlite> for $type {
                fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    read(<String as FromSql<Text, Sqlite>>::from_sql(value)?)
                }
            }
        };
    };
}
