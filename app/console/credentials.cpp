// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/credentials.h"

#include "models/common/text.h"

#include <QTimer>

#include <qt6keychain/keychain.h>

#include <cstdlib>

namespace zandb::console {

void withStorePassword(const Settings &settings, QObject *receiver, std::function<void(Settings)> then)
{
    if (!settings.store.passwordFile.empty() || std::getenv("CREDENTIALS_DIRECTORY")) {
        QTimer::singleShot(0, receiver, [settings, then = std::move(then)] { then(settings); });
        return;
    }
    auto *job = new QKeychain::ReadPasswordJob(QStringLiteral("zandb"), receiver);
    job->setAutoDelete(true);
    job->setInsecureFallback(false);
    job->setKey(qs(settings.profile) + QStringLiteral("/store-password"));
    QObject::connect(job, &QKeychain::Job::finished, receiver, [job, settings, then = std::move(then)] {
        Settings filled = settings;
        if (job->error() == QKeychain::NoError)
            filled.store.password = job->textData().toStdString();
        then(std::move(filled));
    });
    job->start();
}

} // namespace zandb::console
