// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backups/outcometext.h"

#include "agent/protocol/backups.h"
#include "models/backups/backuptablemodel.h"
#include "models/backups/warningtext.h"
#include "models/common/format.h"
#include "models/common/text.h"

#include <QCoreApplication>

#include <algorithm>

namespace zandb {
namespace {

struct OutcomeText
{
    Q_DECLARE_TR_FUNCTIONS(OutcomeText)
};

QString listed(const std::vector<std::string> &words)
{
    QStringList list;
    for (const std::string &word : words)
        list << qs(word);
    return list.join(QLatin1String(", "));
}

} // namespace

QList<Fact> outcomeOf(const Attempt &attempt, const std::string &kind)
{
    QList<Fact> facts;
    const auto add = [&](const QString &label, const QString &value, bool fixed = false) {
        if (!value.isEmpty())
            facts.push_back({label, value, {}, fixed});
    };
    const auto took = [](double seconds) {
        return seconds > 0 ? durationText(Microseconds{static_cast<std::int64_t>(std::min(seconds, 1e9) * 1e6)}) : QString();
    };
    const auto addNotes = [&](const std::vector<wire::BackupWarning> &warnings) {
        for (const auto &warning : warnings)
            add(OutcomeText::tr("Note"), warningText(warning));
    };
    QString remains;
    if (attempt.error) {
        if (const auto field = attempt.error->fields.find("remains"); field != attempt.error->fields.end())
            remains = qs(field->second);
    }
    if (kind == "backup" && attempt.result.is_object()) {
        if (const auto result = decode<wire::BackupResult>(attempt.result)) {
            add(OutcomeText::tr("Path"), qs(result->path), true);
            if (!result->path.empty())
                add(OutcomeText::tr("Proved"), levelText(result->level));
            add(OutcomeText::tr("Objects"), objectCountsText(result->objects));
            addNotes(result->warnings);
        }
    } else if ((kind == "restore" || kind == "verify") && attempt.result.is_object()) {
        if (const auto result = decode<wire::RestoreResult>(attempt.result)) {
            add(OutcomeText::tr("Proved"), levelText(result->level));
            add(OutcomeText::tr("Tables checked"), QString::number(result->tablesChecked));
            add(OutcomeText::tr("Damaged tables"), listed(result->tablesDamaged));
            add(OutcomeText::tr("Objects compared"), objectCountsText(result->objectsCompared));
            if (result->rowsCompared > 0)
                add(OutcomeText::tr("Rows compared"), QString::number(result->rowsCompared));
            add(OutcomeText::tr("Restore took"), took(result->durationSeconds));
            addNotes(result->warnings);
        }
    }
    add(OutcomeText::tr("Left behind"), remains, true);
    return facts;
}

} // namespace zandb
