// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/credentials.h"

#include "models/common/text.h"

#include <QTimer>

#include <qt6keychain/keychain.h>

#include <cstdlib>

namespace zandb::console {
namespace {

const QString storePassword = QStringLiteral("store-password");

QString keyOf(const Settings &settings, const QString &name)
{
    return qs(settings.profile) + QLatin1Char('/') + name;
}

/// Nothing kept yet is no trouble.
QString troubleOf(const QKeychain::Job &job)
{
    return job.error() == QKeychain::NoError || job.error() == QKeychain::EntryNotFound ? QString() : job.errorString();
}

} // namespace

void withSecret(const Settings &settings, const QString &name, QObject *receiver, std::function<void(QString, QString)> then)
{
    auto *job = new QKeychain::ReadPasswordJob(QStringLiteral("zandb"), receiver);
    job->setAutoDelete(true);
    job->setInsecureFallback(false);
    job->setKey(keyOf(settings, name));
    QObject::connect(job, &QKeychain::Job::finished, receiver, [job, then = std::move(then)] {
        then(job->error() == QKeychain::NoError ? job->textData() : QString(), troubleOf(*job));
    });
    job->start();
}

void keepSecret(const Settings &settings, const QString &name, const QString &secret, QObject *receiver, std::function<void(QString)> then)
{
    auto *job = new QKeychain::WritePasswordJob(QStringLiteral("zandb"), receiver);
    job->setAutoDelete(true);
    job->setInsecureFallback(false);
    job->setKey(keyOf(settings, name));
    job->setTextData(secret);
    QObject::connect(job, &QKeychain::Job::finished, receiver,
                     [job, then = std::move(then)] { then(job->error() == QKeychain::NoError ? QString() : job->errorString()); });
    job->start();
}

void withStorePassword(const Settings &settings, QObject *receiver, std::function<void(Settings, QString)> then)
{
    if (!settings.store.passwordFile.empty() || std::getenv("CREDENTIALS_DIRECTORY")) {
        QTimer::singleShot(0, receiver, [settings, then = std::move(then)] { then(settings, {}); });
        return;
    }
    withSecret(settings, storePassword, receiver, [settings, then = std::move(then)](const QString &password, const QString &trouble) {
        Settings filled = settings;
        filled.store.password = password.toStdString();
        then(std::move(filled), trouble);
    });
}

void keepStorePassword(const Settings &settings, const QString &password, QObject *receiver, std::function<void(QString)> then)
{
    keepSecret(settings, storePassword, password, receiver, std::move(then));
}

} // namespace zandb::console
