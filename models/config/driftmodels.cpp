// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/config/driftmodels.h"

#include "models/common/cell.h"
#include "models/workflow/runid.h"

#include <QCoreApplication>

#include <array>

namespace zandb {
namespace {

struct DriftTexts
{
    Q_DECLARE_TR_FUNCTIONS(DriftTexts)
};

struct Word
{
    std::string_view code;
    const char *text;
    const char *advice;
};
constexpr std::array<Word, 12> words{{
    {"memory_disk", QT_TRANSLATE_NOOP("DriftTexts", "a start changes it"),
     QT_TRANSLATE_NOOP("DriftTexts", "Memory and disk hold different values. A repair sets the memory to what stands on disk, or both to the standard where there is one.")},
    {"standard", QT_TRANSLATE_NOOP("DriftTexts", "other than the standard"), QT_TRANSLATE_NOOP("DriftTexts", "A repair sets it in memory and on disk.")},
    {"standard_unknown", QT_TRANSLATE_NOOP("DriftTexts", "the server has no such variable"), QT_TRANSLATE_NOOP("DriftTexts", "The standard names a variable that this version does not have: narrow the standard.")},
    {"peers", QT_TRANSLATE_NOOP("DriftTexts", "other than most peers"), QT_TRANSLATE_NOOP("DriftTexts", "Most servers of the same group and version hold another value. A repair sets it in memory and on disk.")},
    {"layout", QT_TRANSLATE_NOOP("DriftTexts", "other path than peers"), QT_TRANSLATE_NOOP("DriftTexts", "Paths are not changed from here: move the files, then my.cnf, by hand.")},
    {"version", QT_TRANSLATE_NOOP("DriftTexts", "other version than peers"), QT_TRANSLATE_NOOP("DriftTexts", "Plan an upgrade, or accept it until then.")},
    {"program", QT_TRANSLATE_NOOP("DriftTexts", "other program of the same version"), QT_TRANSLATE_NOOP("DriftTexts", "The program file differs from that of its peers: compare the packages.")},
    {"server_id", QT_TRANSLATE_NOOP("DriftTexts", "server_id is not unique"), QT_TRANSLATE_NOOP("DriftTexts", "Replication between the two fails. Give one of them another server_id.")},
    {"owner", QT_TRANSLATE_NOOP("DriftTexts", "other owner of my.cnf"), QT_TRANSLATE_NOOP("DriftTexts", "Change the owner on the host, as the peers have it.")},
    {"mode", QT_TRANSLATE_NOOP("DriftTexts", "other mode of my.cnf"), QT_TRANSLATE_NOOP("DriftTexts", "Change the mode on the host, as the peers have it.")},
    {"file", QT_TRANSLATE_NOOP("DriftTexts", "trouble with an option file"), QT_TRANSLATE_NOOP("DriftTexts", "The server ignores the file or a part of it: mend the file on the host.")},
    {"unknown_option", QT_TRANSLATE_NOOP("DriftTexts", "option that the server does not know"), QT_TRANSLATE_NOOP("DriftTexts", "The server ignores it or does not start with it: take the line out.")},
}};

const Word *wordOf(const std::string &code)
{
    const auto word = std::ranges::find(words, code, &Word::code);
    return word == words.end() ? nullptr : &*word;
}

QVariant valueAnswer(const std::string &value, int role)
{
    const QString text = qs(value);
    return answer({text.simplified().left(200), {}, text, text.left(2000), false}, role);
}

} // namespace

QString driftText(const std::string &code)
{
    const Word *word = wordOf(code);
    return word ? DriftTexts::tr(word->text) : qs(code);
}

QString driftAdvice(const DriftFinding &finding)
{
    const Word *word = wordOf(finding.code);
    return word ? DriftTexts::tr(word->advice) : QString();
}

Uuid DriftModel::key(const DriftRow &row) const
{
    return uuidV5(row.finding.instanceId, row.finding.code + '|' + row.finding.subject + '|' + (row.finding.code == "file" ? row.finding.found : std::string()));
}

bool DriftModel::same(const DriftRow &a, const DriftRow &b) const
{
    return a.path == b.path && a.finding.found == b.finding.found && a.finding.wanted == b.finding.wanted && a.exception.has_value() == b.exception.has_value()
        && (!a.exception || a.exception->id == b.exception->id);
}

QVariant DriftModel::cell(const DriftRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    switch (column) {
    case State:
        return lookAnswer(row.exception ? Look::Skipped : Look::Late, [&] { return row.exception ? DriftTexts::tr("accepted") : DriftTexts::tr("differs"); }, role);
    case Instance:
        return answer({row.path, {}, {}, {}, false}, role);
    case What:
        return answer({driftText(row.finding.code), {}, {}, {}, false, qs(row.finding.code)}, role);
    case Subject:
        return valueAnswer(row.finding.subject, role);
    case Found:
        return valueAnswer(row.finding.found, role);
    case Wanted:
        return valueAnswer(row.finding.wanted, role);
    case Until:
        return timeAnswer(row.exception ? std::optional(row.exception->until) : std::nullopt, role);
    default:
        return {};
    }
}

QVariant DriftModel::header(int column, int role) const
{
    switch (column) {
    case State:
        return headerAnswer(DriftTexts::tr("State"), false, role);
    case Instance:
        return headerAnswer(DriftTexts::tr("Instance"), false, role);
    case What:
        return headerAnswer(DriftTexts::tr("What"), false, role);
    case Subject:
        return headerAnswer(DriftTexts::tr("Variable or file"), false, role);
    case Found:
        return headerAnswer(DriftTexts::tr("Found"), false, role);
    case Wanted:
        return headerAnswer(DriftTexts::tr("Wanted"), false, role);
    case Until:
        return headerAnswer(DriftTexts::tr("Accepted until"), false, role, inUtc);
    default:
        return {};
    }
}

Uuid StandardModel::key(const StandardRow &row) const
{
    return uuidV5(row.rule.scope, row.rule.name);
}

bool StandardModel::same(const StandardRow &a, const StandardRow &b) const
{
    return a.place == b.place && a.rule.value == b.rule.value && a.rule.editedAt == b.rule.editedAt;
}

QVariant StandardModel::cell(const StandardRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    switch (column) {
    case Place:
        return answer({row.place, {}, {}, {}, false}, role);
    case Variable:
        return answer(textCell(row.rule.name), role);
    case Value:
        return row.rule.value ? valueAnswer(*row.rule.value, role) : answer({DriftTexts::tr("may differ"), {}, {}, {}, false}, role);
    case Editor:
        return answer(textCell(row.rule.editor), role);
    case Edited:
        return timeAnswer(row.rule.editedAt, role);
    default:
        return {};
    }
}

QVariant StandardModel::header(int column, int role) const
{
    switch (column) {
    case Place:
        return headerAnswer(DriftTexts::tr("Where"), false, role);
    case Variable:
        return headerAnswer(DriftTexts::tr("Variable"), false, role);
    case Value:
        return headerAnswer(DriftTexts::tr("Value"), false, role);
    case Editor:
        return headerAnswer(DriftTexts::tr("Who"), false, role);
    case Edited:
        return headerAnswer(DriftTexts::tr("Since"), false, role, inUtc);
    default:
        return {};
    }
}

} // namespace zandb
