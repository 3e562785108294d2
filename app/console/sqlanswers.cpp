// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/sqlanswers.h"

#include "models/common/errortext.h"
#include "models/common/text.h"
#include "models/workflow/runid.h"

#include <algorithm>

namespace zandb::console {
namespace {

constexpr std::size_t mostGridRows = 20'000;
constexpr std::size_t mostDifferent = 20'000;

struct ItemHead
{
    int statement = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ItemHead, statement)
};

Look lookOfState(const std::string &state)
{
    return state == "succeeded" ? Look::Ok : state == "cancelled" ? Look::Cancelled : state == "unknown" ? Look::Unknown : state == "refused" ? Look::Skipped : Look::Failed;
}

QString warningsText(const wire::SqlStatementEnd &end)
{
    QStringList lines;
    for (const auto &warning : end.warnings)
        lines << QStringLiteral("%1 %2: %3").arg(qs(warning.level)).arg(warning.code).arg(qs(warning.message));
    if (lines.isEmpty())
        lines << qs(end.info);
    return lines.join(QLatin1Char('\n'));
}

SqlResultModel::Cell cellOf(const Json &cell)
{
    using Kind = SqlResultModel::Kind;
    if (cell.is_null())
        return {{}, Kind::Null};
    if (cell.is_object() && cell.contains("b64") && cell.at("b64").is_string())
        return {QStringLiteral("0x") + QString::fromLatin1(QByteArray::fromBase64(QByteArray::fromStdString(cell.at("b64").get<std::string>())).toHex()), cell.contains("cut") ? Kind::Cut : Kind::Bytes};
    if (cell.is_object() && cell.contains("text") && cell.at("text").is_string())
        return {qs(cell.at("text").get<std::string>()), Kind::Cut};
    return {qs(batchsql::cellText(cell)), Kind::Text};
}

SqlResultModel::Row cellsOf(const QString &path, const Json &row)
{
    SqlResultModel::Row cells{{path, {}}};
    cells.reserve(row.size() + 2);
    for (const Json &cell : row)
        cells.push_back(cellOf(cell));
    return cells;
}

const batchsql::StatementResult *resultOf(const batchsql::SqlResults &results, int statement)
{
    const auto &all = results.statements();
    return statement >= 1 && statement <= static_cast<int>(all.size()) ? &all[static_cast<std::size_t>(statement) - 1] : nullptr;
}

bool isCut(const batchsql::StatementResult &result)
{
    return result.notKept > 0 || (result.end && (result.end->moreRows || result.end->rows > static_cast<std::int64_t>(result.rows.size())));
}

} // namespace

SqlAnswers::SqlAnswers(QObject *parent) : QObject(parent), m_table(this), m_comparing(this)
{
    m_work.setMaxThreadCount(1);
    m_repaint.setSingleShot(true);
    m_repaint.setInterval(100);
    connect(&m_repaint, &QTimer::timeout, this, [this] {
        showGrid();
        Q_EMIT changed();
    });
}

SqlAnswers::~SqlAnswers()
{
    m_work.waitForDone();
}

void SqlAnswers::refreshTexts()
{
    m_grid.refreshTexts();
    m_result.refreshTexts();
    showComparison();
}

void SqlAnswers::begin(std::vector<Target> targets, std::vector<std::string> statements)
{
    m_table.stop();
    m_comparing.stop();
    m_on = std::make_shared<All>();
    for (Target &target : targets)
        m_on->emplace_back().target = std::move(target);
    m_statements = std::move(statements);
    m_shown = 0;
    m_withResult = 0;
    m_anyRows = false;
    m_running = true;
    m_comparison = {};
    m_result.setResult({}, {});
    m_differences.setResult({}, {});
    Q_EMIT resultsKnown({});
    Q_EMIT cut(0);
    Q_EMIT compared({}, false);
    showGrid();
}

void SqlAnswers::again(const std::vector<std::size_t> &targets)
{
    m_table.stop();
    m_comparing.stop();
    auto next = m_on.use_count() == 1 ? m_on : std::make_shared<All>(*m_on); // another thread may read the old one
    for (const std::size_t at : targets) {
        On &on = next->at(at);
        on.look = Look::Pending;
        on.error.reset();
        on.results = batchsql::SqlResults(10'000);
    }
    m_on = std::move(next);
    m_running = true;
    if (m_shown > 0)
        show(m_shown);
    showGrid();
}

void SqlAnswers::begun(std::size_t at)
{
    if (On &on = m_on->at(at); on.look == Look::Pending) {
        on.look = Look::Running;
        m_repaint.start();
    }
}

void SqlAnswers::take(std::size_t at, const Json &item)
{
    On &on = m_on->at(at);
    const auto head = decode<ItemHead>(item); // both forms of items name their statement
    const int statement = head ? head->statement : 0;
    if (statement < 1 || statement > static_cast<int>(m_statements.size()))
        return;
    const auto *known = resultOf(on.results, statement);
    const std::size_t before = known ? known->rows.size() : 0;
    const bool hadColumns = known && !known->columns.empty();
    on.results.add(item);
    if (on.look == Look::Pending)
        on.look = Look::Running;
    if (!m_repaint.isActive())
        m_repaint.start();
    const auto *result = resultOf(on.results, statement);
    if (!result || result->columns.empty())
        return;
    if (!hadColumns)
        tellResults();
    if (m_shown == 0)
        m_shown = statement;
    if (statement != m_shown)
        return;
    if (m_result.columnCount() <= 1) {
        show(m_shown);
    } else {
        std::vector<SqlResultModel::Row> more;
        for (std::size_t row = before; row < result->rows.size() && static_cast<std::size_t>(m_result.rowCount()) + more.size() < mostRows; ++row)
            more.push_back(cellsOf(on.target.path, result->rows[row]));
        m_result.append(std::move(more));
    }
    if (!m_anyRows) {
        m_anyRows = true;
        Q_EMIT firstRows();
    }
}

void SqlAnswers::tellResults()
{
    std::vector<std::pair<int, QString>> withResult;
    for (std::size_t number = 1; number <= m_statements.size(); ++number) {
        const auto has = [&](const On &on) {
            const auto *result = resultOf(on.results, static_cast<int>(number));
            return result && !result->columns.empty();
        };
        if (std::ranges::any_of(*m_on, has))
            withResult.emplace_back(static_cast<int>(number), qs(m_statements[number - 1].substr(0, 400)));
    }
    if (withResult.size() == m_withResult)
        return;
    m_withResult = withResult.size();
    Q_EMIT resultsKnown(withResult);
}

void SqlAnswers::ended(std::size_t at, const std::string &state, const std::optional<Error> &error)
{
    On &on = m_on->at(at);
    on.look = lookOfState(state);
    on.error = error;
    m_repaint.start();
}

void SqlAnswers::finish()
{
    for (On &on : *m_on) {
        if (on.look == Look::Running)
            on.look = Look::Unknown;
        else if (on.look == Look::Pending)
            on.look = Look::Skipped;
    }
    m_running = false;
    m_repaint.stop();
    showGrid();
    if (m_shown > 0)
        show(m_shown); // in the order of the instances now
    Q_EMIT changed();
}

SqlAnswers::Table SqlAnswers::tableOf(const All &all, int statement)
{
    Table table;
    for (const On &on : all) {
        const auto *result = resultOf(on.results, statement);
        if (!result)
            continue;
        if (table.columns.isEmpty()) {
            for (const std::string &column : result->columns)
                table.columns << qs(column);
        }
        table.cut = table.cut || isCut(*result);
        for (const Json &row : result->rows) {
            if (table.rows.size() >= mostRows) {
                table.cut = true;
                break;
            }
            table.rows.push_back(cellsOf(on.target.path, row));
        }
    }
    return table;
}

void SqlAnswers::show(int statement)
{
    m_shown = statement;
    const auto take = [this](Table table) {
        const int rows = static_cast<int>(table.rows.size());
        m_result.setResult(table.columns, std::move(table.rows));
        Q_EMIT cut(table.cut ? rows : 0);
    };
    if (m_running) { // it still grows, on this thread
        m_table.stop();
        take(tableOf(*m_on, statement));
        return;
    }
    m_table.ask(
        [this, statement](Answer<Table> answer, const std::stop_token &) { m_work.start([all = std::shared_ptr<const All>(m_on), statement, answer] { answer(tableOf(*all, statement)); }); },
        [take](Result<Table> table) {
            if (table)
                take(std::move(*table));
        });
    compare();
}

/// What most instances answered, and who answered otherwise; beside the GUI thread.
void SqlAnswers::compare()
{
    m_comparing.ask(
        [this, statement = m_shown](Answer<RowsComparison> answer, const std::stop_token &) {
            m_work.start([all = std::shared_ptr<const All>(m_on), statement, answer] {
                std::vector<AnsweredRows> answers;
                answers.reserve(all->size());
                std::vector<const AnsweredRows *> given;
                for (const On &on : *all) {
                    const auto *result = resultOf(on.results, statement);
                    given.push_back(nullptr);
                    if (!result || result->columns.empty())
                        continue;
                    answers.push_back({result->columns, result->rows, isCut(*result)});
                    given.back() = &answers.back();
                }
                answer(compareAnswers(given));
            });
        },
        [this](Result<RowsComparison> comparison) {
            if (!comparison)
                return;
            m_comparison = std::move(*comparison);
            showComparison();
        });
}

void SqlAnswers::showComparison()
{
    const All &all = *m_on;
    if (!m_comparison.common || all.size() < 2 || m_shown == 0) {
        m_differences.setResult({}, {});
        Q_EMIT compared({}, false);
        return;
    }
    const On &common = all[*m_comparison.common];
    const auto *usual = resultOf(common.results, m_shown);
    QStringList columns{tr("Difference")};
    for (const std::string &column : usual->columns)
        columns << qs(column);
    std::vector<SqlResultModel::Row> rows;
    const auto add = [&](const On &on, const QString &word, const Json *row) {
        if (rows.size() >= mostDifferent)
            return;
        SqlResultModel::Row cells = row ? cellsOf(on.target.path, *row) : SqlResultModel::Row{{on.target.path, {}}};
        cells.insert(cells.begin() + 1, {word, {}});
        rows.push_back(std::move(cells));
    };
    for (const RowsDifference &difference : m_comparison.different) {
        const On &on = all[difference.instance];
        if (difference.hasNoAnswer) {
            add(on, tr("no answer"), nullptr);
            continue;
        }
        if (difference.otherColumns)
            add(on, tr("other columns"), nullptr);
        const auto *own = resultOf(on.results, m_shown);
        for (const std::size_t row : difference.extra)
            add(on, tr("only here"), &own->rows[row]);
        for (const std::size_t row : difference.missing)
            add(on, tr("missing here"), &usual->rows[row]);
    }
    m_differences.setResult(columns, std::move(rows));
    const int others = static_cast<int>(m_comparison.different.size());
    Q_EMIT compared(others == 0 ? tr("All %n instance(s) answer the same.", nullptr, static_cast<int>(all.size()))
                                : tr("%1 of %2 answer like %3; %n instance(s) differ.", nullptr, others).arg(m_comparison.agreeing).arg(all.size()).arg(common.target.path),
                    others > 0);
}

SqlAnswers::Counts SqlAnswers::counts() const
{
    Counts counts;
    counts.all = m_on->size();
    for (const On &on : *m_on) {
        counts.done += on.look == Look::Ok;
        counts.failed += on.look == Look::Failed || on.look == Look::Unknown;
    }
    return counts;
}

std::vector<std::size_t> SqlAnswers::failed() const
{
    std::vector<std::size_t> places;
    for (std::size_t at = 0; at < m_on->size(); ++at) {
        if ((*m_on)[at].look == Look::Failed || (*m_on)[at].look == Look::Cancelled)
            places.push_back(at);
    }
    return places;
}

void SqlAnswers::rowsOf(const On &on, std::vector<SqlGridRow> &rows) const
{
    const auto &results = on.results.statements();
    // the first that has not ended; of a long script only what is around it is shown
    std::size_t current = 0;
    while (current < results.size() && results[current].end)
        ++current;
    const std::size_t most = std::max<std::size_t>(3, mostGridRows / m_on->size());
    const std::size_t first = m_statements.size() <= most || current < most / 2 ? 0 : std::min(current - most / 2, m_statements.size() - most);
    for (std::size_t at = first; at < std::min(m_statements.size(), first + most); ++at) {
        SqlGridRow row;
        row.id = uuidV5(on.target.instance, "statement|" + std::to_string(at + 1));
        row.instance = on.target.path;
        row.wave = on.target.wave;
        row.statement = static_cast<int>(at) + 1;
        row.sql = qs(m_statements[at].substr(0, 4000));
        const bool known = at < results.size();
        if (known && !results[at].columns.empty())
            row.rows = results[at].end ? results[at].end->rows : static_cast<std::int64_t>(results[at].rows.size());
        if (known && results[at].end) {
            const wire::SqlStatementEnd &end = *results[at].end;
            row.look = Look::Ok;
            if (results[at].columns.empty())
                row.changed = end.affectedRows;
            row.took = Microseconds{end.tookUs};
            row.warnings = end.warningCount;
            row.message = warningsText(end);
            if (end.moreRows)
                row.message = tr("There are more rows than are read.") + (row.message.isEmpty() ? QString() : QStringLiteral(" ") + row.message);
        } else if (at > current && on.look != Look::Ok) {
            row.look = on.look == Look::Pending || on.look == Look::Running ? Look::Pending : Look::Skipped; // it did not come to it
        } else {
            row.look = on.look;
            if (on.error)
                row.message = errorText(*on.error);
        }
        rows.push_back(std::move(row));
    }
}

void SqlAnswers::showGrid()
{
    std::vector<SqlGridRow> rows;
    for (const On &on : *m_on)
        rowsOf(on, rows);
    m_grid.setRows(std::move(rows));
}

} // namespace zandb::console
