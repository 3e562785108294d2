// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/sqldrafts.h"

#include "agent/protocol/json.h"
#include "models/common/text.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace zandb::console {
namespace {

constexpr qint64 mostDraftBytes = 64LL << 20;
constexpr std::size_t mostDrafts = 20;

/// What stands in scripts.json.
struct KeptScript
{
    std::string name;
    std::string schema;
    std::vector<std::string> targets;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(KeptScript, name, schema, targets)
};
struct KeptScripts
{
    int current = 0;
    std::vector<KeptScript> scripts;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(KeptScripts, current, scripts)
};

} // namespace

QString SqlDrafts::directoryOf(const QString &profile)
{
    QString base = qEnvironmentVariable("XDG_STATE_HOME");
    if (!QDir::isAbsolutePath(base))
        base = QDir::homePath() + QStringLiteral("/.local/state");
    QString name = profile;
    for (QChar &c : name)
        c = c.isLetterOrNumber() || c == QLatin1Char('-') ? c : QLatin1Char('_');
    return base + QStringLiteral("/zandb/") + name + QStringLiteral("/sql");
}

SqlDrafts::SqlDrafts(const QString &directory) : m_directory(directory)
{
    m_files.setMaxThreadCount(1);
}

void SqlDrafts::keep(const Kept &kept)
{
    m_files.start([directory = m_directory, kept] {
        if (!QDir().mkpath(directory))
            return;
        QFile::setPermissions(directory, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        const auto write = [&](const QString &name, const QByteArray &bytes) {
            QSaveFile file(directory + QLatin1Char('/') + name);
            if (!file.open(QIODevice::WriteOnly))
                return;
            file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
            file.write(bytes);
            file.commit();
        };
        QJsonArray list;
        for (std::size_t at = 0; at < kept.drafts.size(); ++at) {
            QJsonArray targets;
            for (const Uuid &id : kept.drafts[at].targets)
                targets.append(qs(id.toString()));
            write(QStringLiteral("script-%1.sql").arg(at + 1), kept.drafts[at].text);
            list.append(QJsonObject{{QStringLiteral("name"), kept.drafts[at].name}, {QStringLiteral("schema"), kept.drafts[at].schema}, {QStringLiteral("targets"), targets}});
        }
        write(QStringLiteral("scripts.json"),
              QJsonDocument(QJsonObject{{QStringLiteral("format"), 1}, {QStringLiteral("current"), kept.current}, {QStringLiteral("scripts"), list}}).toJson());
    });
}

SqlDrafts::Kept SqlDrafts::read(const Fleet &fleet) const
{
    const auto bytesOf = [this](const QString &name) {
        QFile file(m_directory + QLatin1Char('/') + name);
        return file.open(QIODevice::ReadOnly) && file.size() <= mostDraftBytes ? file.readAll() : QByteArray();
    };
    const auto json = parseJson(bytesOf(QStringLiteral("scripts.json")).toStdString());
    const auto there = json ? decode<KeptScripts>(*json) : Result<KeptScripts>(fail(json.error()));
    Kept kept;
    for (std::size_t at = 0; there && at < there->scripts.size() && at < mostDrafts; ++at) {
        const KeptScript &one = there->scripts[at];
        SqlDraft draft{qs(one.name), bytesOf(QStringLiteral("script-%1.sql").arg(at + 1)), qs(one.schema), {}};
        for (const std::string &target : one.targets) {
            if (const auto id = Uuid::parse(target); id && fleet.instance(*id))
                draft.targets.push_back(*id);
        }
        kept.drafts.push_back(std::move(draft));
    }
    kept.current = there ? there->current : 0;
    return kept;
}

} // namespace zandb::console
