// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/explaintext.h"

#include "models/common/format.h"
#include "models/common/text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>

#include <algorithm>
#include <cmath>

namespace zandb {
namespace {

struct ExplainText
{
    Q_DECLARE_TR_FUNCTIONS(ExplainText)
};

void addNode(const PlanNode &node, int depth, QStringList &lines)
{
    QStringList facts;
    if (!node.access.empty())
        facts << accessText(node.access);
    if (!node.key.empty())
        facts << ExplainText::tr("index %1").arg(qs(node.key));
    if (node.rows)
        facts << ExplainText::tr("%1 rows").arg(planNumber(*node.rows));
    if (node.kind == "table" && !node.text.empty() && node.text.size() < 40 && node.text.find("join") != std::string::npos)
        facts << qs(node.text);
    if (node.produced && node.produced != node.rows)
        facts << ExplainText::tr("%1 given on").arg(planNumber(*node.produced));
    if (node.filtered && *node.filtered < 100)
        facts << ExplainText::tr("filtered %1").arg(percentText(*node.filtered));
    if (node.cost.value_or(0) > 0)
        facts << ExplainText::tr("cost %1").arg(planNumber(*node.cost));
    QString line = QString(2 * depth, QLatin1Char(' ')) + QStringLiteral("-> ") + nodeText(node);
    if (!facts.isEmpty())
        line += QStringLiteral(": ") + facts.join(QStringLiteral(", "));
    QStringList marks;
    for (const PlanMark mark : node.marks)
        marks << markText(mark);
    if (!marks.isEmpty())
        line += QStringLiteral("  !! ") + marks.join(QStringLiteral(", "));
    lines << line;
    if (!node.condition.empty() && node.kind == "table")
        lines << QString(2 * depth + 5, QLatin1Char(' ')) + ExplainText::tr("where %1").arg(qs(node.condition));
    for (const PlanNode &child : node.children)
        addNode(child, depth + 1, lines);
}

/// EXPLAIN's table with its columns under each other.
QString explainTable(const wire::Explained &explained)
{
    std::vector<QStringList> rows(1);
    for (const std::string &name : explained.columns)
        rows[0] << qs(name);
    for (const auto &row : explained.rows) {
        QStringList cells;
        for (const auto &cell : row)
            cells << (cell ? qs(*cell) : QStringLiteral("NULL"));
        rows.push_back(cells);
    }
    std::vector<qsizetype> widths(explained.columns.size(), 0);
    for (const QStringList &row : rows) {
        for (qsizetype i = 0; i < std::min<qsizetype>(row.size(), static_cast<qsizetype>(widths.size())); ++i)
            widths[static_cast<std::size_t>(i)] = std::max(widths[static_cast<std::size_t>(i)], row[i].size());
    }
    QStringList lines;
    for (const QStringList &row : rows) {
        QString line;
        for (qsizetype i = 0; i < row.size(); ++i)
            line += i + 1 < row.size() && static_cast<std::size_t>(i) < widths.size() ? row[i].leftJustified(widths[static_cast<std::size_t>(i)] + 2) : row[i];
        lines << line;
    }
    return lines.join(QLatin1Char('\n'));
}

} // namespace

QString markText(PlanMark mark)
{
    switch (mark) {
    case PlanMark::FullScan:
        return ExplainText::tr("full scan of many rows");
    case PlanMark::FullIndexScan:
        return ExplainText::tr("scan of a whole large index");
    case PlanMark::Filesort:
        return ExplainText::tr("sorts rows");
    case PlanMark::Temporary:
        return ExplainText::tr("temporary table");
    case PlanMark::CostShare:
        return ExplainText::tr("most of the cost");
    case PlanMark::RowProduct:
        break;
    }
    return ExplainText::tr("join over very many pairs of rows");
}

QString accessText(const std::string &access)
{
    static const std::pair<const char *, const char *> words[] = {
        {"ALL", QT_TRANSLATE_NOOP("ExplainText", "full scan")},
        {"index", QT_TRANSLATE_NOOP("ExplainText", "scan of a whole index")},
        {"range", QT_TRANSLATE_NOOP("ExplainText", "range of an index")},
        {"ref", QT_TRANSLATE_NOOP("ExplainText", "lookup in an index")},
        {"eq_ref", QT_TRANSLATE_NOOP("ExplainText", "lookup of one row")},
        {"const", QT_TRANSLATE_NOOP("ExplainText", "one row, read while planning")},
        {"system", QT_TRANSLATE_NOOP("ExplainText", "one row, read while planning")},
    };
    const auto found = std::ranges::find_if(words, [&](const auto &word) { return access == word.first; });
    return found == std::end(words) ? qs(access) : ExplainText::tr(found->second);
}

QString nodeText(const PlanNode &node)
{
    const QString text = qs(node.text);
    if (node.kind == "table")
        return ExplainText::tr("table %1").arg(qs(node.table));
    if (node.kind == "sort" && text.isEmpty())
        return ExplainText::tr("sort");
    if (node.kind == "sort" && !text.startsWith(QLatin1String("Sort")))
        return ExplainText::tr("sort by %1").arg(text);
    if (!text.isEmpty() && !text.startsWith(QLatin1Char('<')))
        return text;
    static const std::pair<const char *, const char *> words[] = {
        {"select", QT_TRANSLATE_NOOP("ExplainText", "result")},
        {"join", QT_TRANSLATE_NOOP("ExplainText", "nested loop")},
        {"group", QT_TRANSLATE_NOOP("ExplainText", "grouping")},
        {"distinct", QT_TRANSLATE_NOOP("ExplainText", "distinct rows")},
        {"temporary", QT_TRANSLATE_NOOP("ExplainText", "temporary table")},
        {"window", QT_TRANSLATE_NOOP("ExplainText", "window functions")},
        {"materialized", QT_TRANSLATE_NOOP("ExplainText", "materialized subquery")},
        {"subquery", QT_TRANSLATE_NOOP("ExplainText", "subqueries")},
        {"union", QT_TRANSLATE_NOOP("ExplainText", "union")},
    };
    const auto found = std::ranges::find_if(words, [&](const auto &word) { return node.kind == word.first; });
    const QString word = found == std::end(words) ? qs(node.kind) : ExplainText::tr(found->second);
    return text.isEmpty() ? word : word + QLatin1Char(' ') + text;
}

QString asText(const std::string &as)
{
    if (as == "without_lock")
        return ExplainText::tr("The statement without its locking clause.");
    if (as == "update")
        return ExplainText::tr("The SELECT that finds the rows of this UPDATE; what changing them costs is not in the plan.");
    if (as == "delete")
        return ExplainText::tr("The SELECT that finds the rows of this DELETE; what removing them costs is not in the plan.");
    if (as == "insert")
        return ExplainText::tr("The SELECT whose rows are inserted; what writing them costs is not in the plan.");
    return {};
}

QString planNumber(double number)
{
    if (!std::isfinite(number) || number >= 1e15)
        return QString::number(number, 'g', 3);
    if (number >= 1e6)
        return countText(static_cast<std::int64_t>(number));
    if (number < 10 && number != std::floor(number))
        return QString::number(number, 'g', 3);
    return QLocale(QLocale::English).toString(static_cast<qlonglong>(std::llround(number)));
}

QString indexColumnsText(const wire::ExplainedIndex &index)
{
    QStringList names;
    for (const auto &column : index.columns)
        names << qs(column.name) + (column.prefix ? QStringLiteral("(%1)").arg(*column.prefix) : QString());
    return names.join(QStringLiteral(", "));
}

QString cardinalityText(const wire::ExplainedIndex &index)
{
    if (index.columns.empty() || !index.columns.back().cardinality)
        return {};
    return planNumber(static_cast<double>(*index.columns.back().cardinality));
}

QString tableKindText(const wire::ExplainedTable &table)
{
    if (table.kind == "table")
        return qs(table.engine);
    if (table.kind == "view")
        return ExplainText::tr("view");
    if (table.kind == "system")
        return ExplainText::tr("system table");
    return ExplainText::tr("not found, or not to be seen");
}

QString planText(const Plan &plan)
{
    QStringList lines;
    if (plan.cost)
        lines << ExplainText::tr("cost of all: %1").arg(planNumber(*plan.cost));
    for (const PlanNode &child : plan.root.children)
        addNode(child, 0, lines);
    return lines.join(QLatin1Char('\n'));
}

QString tablesText(const wire::Explained &explained)
{
    const auto used = usedIndexes(explained);
    QStringList lines;
    for (const auto &table : explained.tables) {
        QStringList facts{tableKindText(table)};
        if (table.rows)
            facts << ExplainText::tr("%1 rows").arg(planNumber(static_cast<double>(*table.rows)));
        if (table.dataBytes)
            facts << ExplainText::tr("%1 data").arg(bytesText(*table.dataBytes));
        if (table.indexBytes)
            facts << ExplainText::tr("%1 indexes").arg(bytesText(*table.indexBytes));
        lines << qs(table.schema + "." + table.name) + QStringLiteral(": ") + facts.join(QStringLiteral(", "));
        for (const auto &index : table.indexes) {
            QStringList marks;
            for (const std::string &alias : table.aliases) {
                if (std::ranges::find(used, std::pair(alias, index.name)) != used.end())
                    marks << qs(alias);
            }
            QStringList about;
            if (index.unique)
                about << ExplainText::tr("unique");
            if (index.hidden)
                about << ExplainText::tr("not used by plans");
            if (const QString values = cardinalityText(index); !values.isEmpty())
                about << ExplainText::tr("%1 values").arg(values);
            if (!marks.isEmpty())
                about << ExplainText::tr("used by %1").arg(marks.join(QStringLiteral(", ")));
            lines << QStringLiteral("  %1 (%2)%3").arg(qs(index.name), indexColumnsText(index), about.isEmpty() ? QString() : QStringLiteral(": ") + about.join(QStringLiteral(", ")));
        }
        if (table.moreIndexes > 0)
            lines << QStringLiteral("  ") + ExplainText::tr("%1 more indexes").arg(table.moreIndexes);
    }
    if (explained.moreTables > 0)
        lines << ExplainText::tr("%1 more tables were not looked at").arg(explained.moreTables);
    return lines.join(QLatin1Char('\n'));
}

QString explainText(const wire::Explained &explained, const QString &place)
{
    QStringList parts{ExplainText::tr("Plan on %1 (%2), %3; all figures are the server's estimates").arg(place, qs(explained.version), qs(toIso(explained.at)))};
    if (const QString as = asText(explained.as); !as.isEmpty())
        parts << as;
    parts << qs(explained.statement);
    if (const auto plan = planOf(explained.plan, explained.flavour))
        parts << planText(*plan);
    else
        parts << (explained.planProblem == "too_large" ? ExplainText::tr("The tree is too large to be sent.") : ExplainText::tr("The server gave no tree: %1").arg(qs(explained.planProblem)));
    parts << explainTable(explained);
    if (!explained.tables.empty())
        parts << tablesText(explained);
    return parts.join(QStringLiteral("\n\n")) + QLatin1Char('\n');
}

} // namespace zandb
