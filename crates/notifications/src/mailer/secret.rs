//! What proves to the mail server who we are. It is read anew for each connection, so that
//! a password or token that was renewed is used without a restart. Errors never repeat it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lettre::transport::smtp::authentication::{Credentials, Mechanism};

use crate::MailSettings;

/// Where the secret is.
pub(super) enum Secret {
    Password(String),
    PasswordFile(PathBuf),
    TokenFile(PathBuf),
    TokenCommand(Vec<String>),
}

impl Secret {
    /// The one that the settings name, besides a password in the URL.
    pub(super) fn of(
        settings: &MailSettings,
        in_url: Option<&str>,
    ) -> Result<Option<Self>, String> {
        let mut named = Vec::new();
        if let Some(password) = in_url {
            named.push(Self::Password(password.to_owned()));
        }
        if !settings.password_file.as_os_str().is_empty() {
            named.push(Self::PasswordFile(settings.password_file.clone()));
        }
        if !settings.token_file.as_os_str().is_empty() {
            named.push(Self::TokenFile(settings.token_file.clone()));
        }
        if !settings.token_command.is_empty() {
            named.push(Self::TokenCommand(settings.token_command.clone()));
        }
        if named.len() > 1 {
            return Err(
                "mail: say only one of a password in smtp_url, password_file, token_file and \
                 token_command"
                    .to_owned(),
            );
        }
        Ok(named.pop())
    }

    /// How it is shown to the server.
    pub(super) fn mechanisms(&self) -> &'static [Mechanism] {
        match self {
            Self::Password(_) | Self::PasswordFile(_) => &[Mechanism::Plain, Mechanism::Login],
            Self::TokenFile(_) | Self::TokenCommand(_) => &[Mechanism::Xoauth2],
        }
    }

    /// The secret as it is now.
    pub(super) async fn credentials(&self, user: &str) -> Result<Credentials, String> {
        let secret = match self {
            Self::Password(password) => password.clone(),
            Self::PasswordFile(file) | Self::TokenFile(file) => read(file)?,
            Self::TokenCommand(command) => {
                let command = command.clone();
                tokio::task::spawn_blocking(move || run(&command))
                    .await
                    .map_err(|cause| cause.to_string())??
            }
        };
        Ok(Credentials::new(user.to_owned(), secret))
    }
}

fn read(file: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(file)
        .map_err(|cause| format!("{} cannot be read: {cause}", file.display()))?;
    Ok(text.trim().to_owned())
}

fn run(command: &[String]) -> Result<String, String> {
    let (program, arguments) = command.split_first().ok_or("mail.token_command is empty")?;
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .map_err(|cause| format!("mail.token_command: {program}: {cause}"))?;
    if !output.status.success() {
        return Err(format!(
            "mail.token_command: {program} ended with {}",
            output.status
        ));
    }
    String::from_utf8(output.stdout)
        .map(|token| token.trim().to_owned())
        .map_err(|_| format!("mail.token_command: {program} did not print text"))
}
