//! Reads core's sources into the model: doc comments, fields, variants and setters.

use std::fs;
use std::path::Path;

use syn::{
    Attribute, Expr, Fields, FnArg, GenericArgument, ImplItem, Item, ItemEnum, ItemImpl, ItemStruct, Lit,
    Meta, Pat, PathArguments, ReturnType, Type, Visibility,
};

use super::model::{
    Doc, Event, Field, Kind, Model, Options, Parameter, ParameterKind, Record, Setter, Word, Words,
};
use crate::tools::Result;

/// Where the public surface is declared, in the order that the languages list it.
const SOURCES: [&str; 9] = [
    "status.rs",
    "warning.rs",
    "verdict.rs",
    "notice.rs",
    "error.rs",
    "receipt.rs",
    "device.rs",
    "run/event.rs",
    "options.rs",
];
const RUN_OPTIONS: &str = "run/options.rs";

/// The structs that callers read. Other public items are for Rust only.
const RECORDS: [&str; 10] = [
    "Failure",
    "Receipt",
    "Warning",
    "Device",
    "DeviceList",
    "VerifiedDevice",
    "UserResult",
    "Progress",
    "Summary",
    "Verification",
];
const OPTIONS: [&str; 3] = ["ClientOptions", "CallOptions", "RunOptions"];
/// Setters for Rust only: a clock for tests, the options of a call as a whole, and the environment, which each language
/// reads itself.
const RUST_ALONE: [(&str, &str); 3] = [
    ("ClientOptions", "clock"),
    ("ClientOptions", "environment_endpoint"),
    ("RunOptions", "call"),
];
/// Setters that may be called once for each of several values.
const ADDING: [(&str, &str); 2] = [("RunOptions", "exclude"), ("RunOptions", "accept_warning")];

/// Reads the sources of core below a folder.
pub(crate) fn model(core: &Path) -> Result<Model> {
    let mut model = Model::default();
    for source in SOURCES.into_iter().chain([RUN_OPTIONS]) {
        let path = core.join("src").join(source);
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let file = syn::parse_file(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        for item in &file.items {
            take(item, &mut model).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(model)
}

fn take(item: &Item, model: &mut Model) -> Result {
    match item {
        Item::Enum(item) if item.ident == "Event" => model.events = events(item),
        Item::Enum(item) if is_public(&item.vis) && has_numbers(item) => model.words.push(words(item)?),
        Item::Struct(item) if RECORDS.iter().any(|name| item.ident == name) => {
            model.records.push(record(item)?);
        }
        Item::Struct(item) if OPTIONS.iter().any(|name| item.ident == name) => model.options.push(Options {
            name: item.ident.to_string(),
            doc: doc(&item.attrs),
            setters: Vec::new(),
        }),
        Item::Impl(item) if item.trait_.is_none() => setters(item, model)?,
        _ => {}
    }
    Ok(())
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn has_numbers(item: &ItemEnum) -> bool {
    item.variants.iter().all(|variant| variant.discriminant.is_some())
}

fn words(item: &ItemEnum) -> Result<Words> {
    let members = item.variants.iter().map(|variant| {
        let number = match &variant.discriminant {
            Some((_, Expr::Lit(literal))) => match &literal.lit {
                Lit::Int(number) => number.base10_parse()?,
                _ => return Err(format!("{} has no plain number", variant.ident).into()),
            },
            _ => return Err(format!("{} has no plain number", variant.ident).into()),
        };
        Ok(Word {
            ident: variant.ident.to_string(),
            number,
            doc: doc(&variant.attrs),
        })
    });
    Ok(Words {
        name: item.ident.to_string(),
        doc: doc(&item.attrs),
        members: members.collect::<Result<_>>()?,
    })
}

fn record(item: &ItemStruct) -> Result<Record> {
    let Fields::Named(fields) = &item.fields else {
        return Err(format!("{} has no named fields", item.ident).into());
    };
    let fields = fields.named.iter().filter(|field| is_public(&field.vis));
    let fields = fields.map(|field| {
        let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let kind = kind(&field.ty).ok_or_else(|| {
            format!(
                "{}.{name}: no language knows how to mirror a field of this type",
                item.ident
            )
        })?;
        Ok(Field {
            name,
            doc: doc(&field.attrs),
            kind,
        })
    });
    Ok(Record {
        name: item.ident.to_string(),
        doc: doc(&item.attrs),
        fields: fields.collect::<Result<_>>()?,
    })
}

fn kind(ty: &Type) -> Option<Kind> {
    let (name, argument) = named(ty)?;
    let inner = argument.and_then(named).map(|(name, _)| name);
    Some(match (name.as_str(), inner.as_deref()) {
        ("String", _) => Kind::Text,
        ("u32", _) => Kind::Number,
        ("u64", _) => Kind::Count,
        ("Duration", _) => Kind::Duration,
        ("ManagementState", _) => Kind::State,
        ("Option", Some("String")) => Kind::MaybeText,
        ("Option", Some("u16")) => Kind::MaybeNumber,
        ("Option", Some("Duration")) => Kind::MaybeDuration,
        ("Option", Some("bool")) => Kind::MaybeFlag,
        ("Option", Some("Status")) => Kind::MaybeWord("Status".into()),
        ("Option", Some("Error")) => Kind::Maybe("Failure".into()),
        ("Option", Some(record)) if RECORDS.contains(&record) => Kind::Maybe(record.into()),
        ("Vec", Some(record)) if RECORDS.contains(&record) => Kind::List(record.into()),
        ("Status" | "Effect" | "Outcome" | "Reason" | "Verdict" | "Severity" | "WarningCode", None) => {
            Kind::Word(name)
        }
        _ => return None,
    })
}

/// The last segment of a path type, and its first type argument.
fn named(ty: &Type) -> Option<(String, Option<&Type>)> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let argument = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
        }
        _ => None,
    };
    Some((last.ident.to_string(), argument))
}

fn events(item: &ItemEnum) -> Vec<Event> {
    let event = |variant: &syn::Variant| Event {
        ident: variant.ident.to_string(),
        record: match &variant.fields {
            Fields::Unnamed(fields) => fields
                .unnamed
                .first()
                .and_then(|field| named(&field.ty))
                .map(|(name, _)| name),
            _ => None,
        },
    };
    item.variants.iter().map(event).collect()
}

fn setters(item: &ItemImpl, model: &mut Model) -> Result {
    let Some((name, _)) = named(&item.self_ty) else {
        return Ok(());
    };
    let Some(options) = model.options.iter_mut().find(|options| options.name == name) else {
        return Ok(());
    };
    for item in &item.items {
        let ImplItem::Fn(function) = item else { continue };
        let setter = function.sig.ident.to_string();
        if !is_public(&function.vis) || RUST_ALONE.contains(&(name.as_str(), &setter)) {
            continue;
        }
        if function
            .sig
            .receiver()
            .is_none_or(|receiver| receiver.reference.is_some())
        {
            continue;
        }
        let checks = match &function.sig.output {
            ReturnType::Type(_, ty) => named(ty).is_some_and(|(name, _)| name == "Result"),
            ReturnType::Default => continue,
        };
        let parameters = function.sig.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(input) => Some(parameter(input).ok_or_else(|| {
                format!("{name}::{setter}: no language knows how to pass a parameter of this type").into()
            })),
            FnArg::Receiver(_) => None,
        });
        let parameters = parameters.collect::<Result<Vec<_>>>()?;
        options.setters.push(Setter {
            adds: ADDING.contains(&(name.as_str(), &setter)),
            doc: doc(&function.attrs),
            name: setter,
            parameters,
            checks,
        });
    }
    Ok(())
}

fn parameter(input: &syn::PatType) -> Option<Parameter> {
    let Pat::Ident(name) = &*input.pat else {
        return None;
    };
    let kind = match &*input.ty {
        Type::Reference(_) => ParameterKind::Text,
        Type::ImplTrait(_) => ParameterKind::Path,
        ty => match named(ty)?.0.as_str() {
            "bool" => ParameterKind::Flag,
            "usize" => ParameterKind::Number,
            "u32" => ParameterKind::SmallNumber,
            "u64" => ParameterKind::LargeNumber,
            "Duration" => ParameterKind::Duration,
            "UserId" => ParameterKind::User,
            "WarningCode" => ParameterKind::Warning,
            "Cloud" => ParameterKind::Cloud,
            "Endpoint" => ParameterKind::Endpoint,
            _ => return None,
        },
    };
    Some(Parameter {
        name: name.ident.to_string(),
        kind,
    })
}

fn doc(attributes: &[Attribute]) -> Doc {
    let mut lines = Vec::new();
    for attribute in attributes {
        if let Meta::NameValue(value) = &attribute.meta
            && value.path.is_ident("doc")
            && let Expr::Lit(literal) = &value.value
            && let Lit::Str(text) = &literal.lit
        {
            lines.push(text.value().trim().to_owned());
        }
    }
    let paragraphs: Vec<String> = lines
        .split(String::is_empty)
        .map(|lines| lines.join(" "))
        .collect();
    Doc(paragraphs.join("\n\n"))
}
