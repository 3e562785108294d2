// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/checks/keymodels.h"

#include "models/common/cell.h"
#include "models/workflow/runid.h"

#include <QCoreApplication>
#include <QLocale>

#include <array>
#include <cmath>

namespace zandb {
namespace {

struct KeyText
{
    Q_DECLARE_TR_FUNCTIONS(KeyText)
};

/// One id for what has several names, so that rows stay the same rows.
const Uuid rowIds = *Uuid::parse("8d1f6a0e-6c7b-5b0a-9f52-3c0c1a1c7e11");

struct Word
{
    std::string_view stable;
    const char *shown;
};
constexpr std::array<Word, 4> kinds{{
    {"auto_increment", QT_TRANSLATE_NOOP("KeyText", "counter")},
    {"foreign_key", QT_TRANSLATE_NOOP("KeyText", "foreign key")},
    {"key", QT_TRANSLATE_NOOP("KeyText", "key")},
    {"sequence", QT_TRANSLATE_NOOP("KeyText", "sequence")},
}};
constexpr std::array<Word, 6> findings{{
    {"no_primary_key", QT_TRANSLATE_NOOP("KeyText", "No primary key")},
    {"other_engine", QT_TRANSLATE_NOOP("KeyText", "Engine without transactions")},
    {"duplicate_index", QT_TRANSLATE_NOOP("KeyText", "Duplicate index")},
    {"unused_index", QT_TRANSLATE_NOOP("KeyText", "Index never used")},
    {"mixed_charsets", QT_TRANSLATE_NOOP("KeyText", "Mixed character sets")},
    {"no_password", QT_TRANSLATE_NOOP("KeyText", "No password")},
}};

template<std::size_t n>
QString word(const std::array<Word, n> &words, const std::string &stable)
{
    for (const Word &one : words) {
        if (one.stable == stable)
            return KeyText::tr(one.shown);
    }
    return qs(stable);
}

QString fieldOf(const Json &detail, const char *name)
{
    const auto it = detail.is_object() ? detail.find(name) : detail.end();
    if (!detail.is_object() || it == detail.end())
        return {};
    return qs(it->is_string() ? it->get<std::string>() : dumpJson(*it));
}

} // namespace

QString keyName(const wire::KeyUsage &usage)
{
    return qs(usage.schema + '.' + usage.table + (usage.column.empty() ? "" : '.' + usage.column));
}

QString keyShareText(std::int64_t ppm)
{
    return QLocale().toString(static_cast<double>(ppm / 100) / 100.0, 'f', 2) + QStringLiteral(" %");
}

QString keyKindText(const std::string &kind) { return word(kinds, kind); }
QString findingKindText(const std::string &kind) { return word(findings, kind); }

QString keyDaysText(const KeyRecord &record)
{
    if (!record.daysLeft)
        return record.perDay ? KeyText::tr("does not grow") : KeyText::tr("not known yet");
    if (*record.daysLeft > 36'500)
        return KeyText::tr("over 100 years");
    return QLocale().toString(std::floor(*record.daysLeft), 'f', 0);
}

QString findingDetailText(const wire::CheckFinding &finding)
{
    if (finding.kind == "other_engine")
        return fieldOf(finding.detail, "engine");
    if (finding.kind == "duplicate_index")
        return KeyText::tr("%1 does its work").arg(fieldOf(finding.detail, "by"));
    if (finding.kind == "unused_index")
        return KeyText::tr("in %1 days since the server's start").arg(fieldOf(finding.detail, "days"));
    if (finding.kind == "mixed_charsets")
        return fieldOf(finding.detail, "charsets");
    return {};
}

Uuid KeyTableModel::key(const KeyRow &row) const
{
    const wire::KeyUsage &u = row.record.usage;
    return uuidV5(rowIds, row.record.instance.toString() + '|' + u.schema + '|' + u.table + '|' + u.column);
}

bool KeyTableModel::same(const KeyRow &a, const KeyRow &b) const
{
    const auto all = [](const KeyRow &row) {
        const wire::KeyUsage &u = row.record.usage;
        return std::tie(u.used, u.limit, u.type, u.kind, u.at, u.ppm, u.bytes, row.record.daysLeft, row.record.perDay, row.instance, row.isFull);
    };
    return all(a) == all(b);
}

QVariant KeyTableModel::cell(const KeyRow &row, int column, int role) const
{
    const wire::KeyUsage &u = row.record.usage;
    switch (column) {
    case State: {
        const bool none = row.record.daysLeft && *row.record.daysLeft <= 0;
        const Look look = none ? Look::Failed : row.isFull ? Look::Late : Look::Ok;
        return lookAnswer(look, [&] { return none ? KeyText::tr("full") : row.isFull ? KeyText::tr("nearly full") : KeyText::tr("fine"); }, role);
    }
    case Share:
        return numberAnswer(static_cast<qlonglong>(u.ppm), static_cast<double>(u.ppm) / 1e6, role, true, [&] { return keyShareText(u.ppm); },
                            [&] { return KeyText::tr("%1 of %2").arg(qs(u.used), qs(u.limit)); });
    case DaysLeft:
        return numberAnswer(row.record.daysLeft ? QVariant(*row.record.daysLeft) : QVariant(1e300), row.record.daysLeft ? QVariant(*row.record.daysLeft) : QVariant(), role, true,
                            [&] { return keyDaysText(row.record); },
                            [&] {
                                return row.record.perDay ? KeyText::tr("It grows by %1 a day.").arg(QLocale().toString(*row.record.perDay, 'f', *row.record.perDay < 10 ? 1 : 0))
                                                         : KeyText::tr("Its growth is known after two days.");
                            });
    case Key:
        return answer({keyName(u), {}, {}, u.references.empty() ? QString() : KeyText::tr("refers to %1").arg(qs(u.references)), false}, role);
    case Type:
        return answer(textCell(u.type), role);
    case Kind:
        return answer({keyKindText(u.kind), {}, {}, {}, false}, role);
    case Used:
        return answer({qs(u.used), QString::fromStdString(u.used).rightJustified(24), {}, {}, true}, role);
    case Limit:
        return answer({qs(u.limit), QString::fromStdString(u.limit).rightJustified(24), {}, {}, true}, role);
    case TableSize:
        return u.bytes ? bytesAnswer(*u.bytes, role) : answer({{}, {}, {}, {}, true}, role);
    case Instance:
        return answer({row.instance, {}, {}, {}, false}, role);
    case Read:
        return timeAnswer(u.at, role);
    default:
        return {};
    }
}

QVariant KeyTableModel::header(int column, int role) const
{
    switch (column) {
    case State: return headerAnswer(KeyText::tr("State"), false, role);
    case Share: return headerAnswer(KeyText::tr("Used"), true, role);
    case DaysLeft: return headerAnswer(KeyText::tr("Days left"), true, role);
    case Key: return headerAnswer(KeyText::tr("Key"), false, role);
    case Type: return headerAnswer(KeyText::tr("Type"), false, role);
    case Kind: return headerAnswer(KeyText::tr("Kind"), false, role);
    case Used: return headerAnswer(KeyText::tr("Largest value"), true, role);
    case Limit: return headerAnswer(KeyText::tr("Limit"), true, role);
    case TableSize: return headerAnswer(KeyText::tr("Table size"), true, role, inBytes);
    case Instance: return headerAnswer(KeyText::tr("Instance"), false, role);
    case Read: return headerAnswer(KeyText::tr("Read"), false, role, inUtc);
    default: return {};
    }
}

Uuid FindingTableModel::key(const FindingRow &row) const
{
    const wire::CheckFinding &f = row.record.finding;
    return uuidV5(rowIds, row.record.instance.toString() + '|' + f.kind + '|' + f.schema + '|' + f.table + '|' + f.name);
}

bool FindingTableModel::same(const FindingRow &a, const FindingRow &b) const
{
    return a.instance == b.instance && a.record.finding.detail == b.record.finding.detail && a.record.firstAt == b.record.firstAt && a.record.seenAt == b.record.seenAt;
}

QVariant FindingTableModel::cell(const FindingRow &row, int column, int role) const
{
    const wire::CheckFinding &f = row.record.finding;
    switch (column) {
    case What: return answer({findingKindText(f.kind), {}, {}, {}, false}, role);
    case Object: return answer(textCell(f.schema + (f.table.empty() ? "" : '.' + f.table)), role);
    case Name: return answer(textCell(f.name), role);
    case Detail: return answer({findingDetailText(f), {}, {}, {}, false}, role);
    case Instance: return answer({row.instance, {}, {}, {}, false}, role);
    case Since: return timeAnswer(row.record.firstAt, role);
    default: return {};
    }
}

QVariant FindingTableModel::header(int column, int role) const
{
    switch (column) {
    case What: return headerAnswer(KeyText::tr("Finding"), false, role);
    case Object: return headerAnswer(KeyText::tr("Schema or table"), false, role);
    case Name: return headerAnswer(KeyText::tr("Name"), false, role);
    case Detail: return headerAnswer(KeyText::tr("Detail"), false, role);
    case Instance: return headerAnswer(KeyText::tr("Instance"), false, role);
    case Since: return headerAnswer(KeyText::tr("Seen since"), false, role, inUtc);
    default: return {};
    }
}

} // namespace zandb
