// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/credentials.h"

#include "models/common/text.h"

#include <QTimer>

#include <qt6keychain/keychain.h>

#include <cstdlib>

namespace zandb::console {
namespace {

QString keyOf(const Settings &settings)
{
    return qs(settings.profile) + QStringLiteral("/store-password");
}

/// Nothing kept yet is no trouble.
QString troubleOf(const QKeychain::Job &job)
{
    return job.error() == QKeychain::NoError || job.error() == QKeychain::EntryNotFound ? QString() : job.errorString();
}

} // namespace

void withStorePassword(const Settings &settings, QObject *receiver, std::function<void(Settings, QString)> then)
{
    if (!settings.store.passwordFile.empty() || std::getenv("CREDENTIALS_DIRECTORY")) {
        QTimer::singleShot(0, receiver, [settings, then = std::move(then)] { then(settings, {}); });
        return;
    }
    auto *job = new QKeychain::ReadPasswordJob(QStringLiteral("zandb"), receiver);
    job->setAutoDelete(true);
    job->setInsecureFallback(false);
    job->setKey(keyOf(settings));
    QObject::connect(job, &QKeychain::Job::finished, receiver, [job, settings, then = std::move(then)] {
        Settings filled = settings;
        if (job->error() == QKeychain::NoError)
            filled.store.password = job->textData().toStdString();
        then(std::move(filled), troubleOf(*job));
    });
    job->start();
}

void keepStorePassword(const Settings &settings, const QString &password, QObject *receiver, std::function<void(QString)> then)
{
    auto *job = new QKeychain::WritePasswordJob(QStringLiteral("zandb"), receiver);
    job->setAutoDelete(true);
    job->setInsecureFallback(false);
    job->setKey(keyOf(settings));
    job->setTextData(password);
    QObject::connect(job, &QKeychain::Job::finished, receiver,
                     [job, then = std::move(then)] { then(job->error() == QKeychain::NoError ? QString() : job->errorString()); });
    job->start();
}

} // namespace zandb::console
