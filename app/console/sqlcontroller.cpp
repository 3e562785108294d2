// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/sqlcontroller.h"

#include "app/batchsql/sqlpreview.h"
#include "app/console/runexecutor.h"
#include "app/console/storewatch.h"
#include "app/workflow/runrepository.h"
#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "models/workflow/runid.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QStandardPaths>

#include <algorithm>

namespace zandb::console {

using namespace std::chrono_literals;

namespace {

constexpr qint64 mostDraftBytes = 64LL << 20;
constexpr int mostDrafts = 20;
constexpr int mostHistory = 500;
constexpr std::size_t mostHistoryBytes = 64 << 10; ///< of one script; the whole of it stands in its run

struct ItemHead
{
    int statement = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ItemHead, statement)
};

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

Look lookOfRun(RunState state)
{
    switch (state) {
    case RunState::Succeeded:
        return Look::Ok;
    case RunState::Cancelled:
        return Look::Cancelled;
    case RunState::Unknown:
        return Look::Unknown;
    default:
        return Look::Failed;
    }
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

} // namespace

QString SqlController::stateDirectory(const QString &profile)
{
    QString base = qEnvironmentVariable("XDG_STATE_HOME");
    if (!QDir::isAbsolutePath(base))
        base = QDir::homePath() + QStringLiteral("/.local/state");
    QString name = profile;
    for (QChar &c : name)
        c = c.isLetterOrNumber() || c == QLatin1Char('-') ? c : QLatin1Char('_');
    return base + QStringLiteral("/zandb/") + name + QStringLiteral("/sql");
}

SqlController::SqlController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, RunExecutor &runs, AgentCalls &calls, WithKey withKey, QWidget *window,
                             const QString &directory, QObject *parent)
    : QObject(parent), m_settings(settings), m_ui(ui), m_executor(executor), m_state(state), m_runs(runs), m_calls(calls), m_withKey(std::move(withKey)), m_window(window), m_directory(directory), m_readHistory(this)
{
    m_files.setMaxThreadCount(1);
    m_repaint.setSingleShot(true);
    m_repaint.setInterval(100);
    connect(&m_repaint, &QTimer::timeout, this, [this] {
        showGrid();
        showProgress();
    });
    m_keep.setSingleShot(true);
    m_keep.setInterval(1000);
    connect(&m_keep, &QTimer::timeout, this, &SqlController::keepDrafts);
    connect(&state, &ConsoleState::fleetChanged, this, &SqlController::follow);
    connect(&state, &ConsoleState::locationChanged, this, &SqlController::follow);
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_grid.refreshTexts();
        m_preview.refreshTexts();
        m_result.refreshTexts();
        m_history.refreshTexts();
    });
}

SqlController::~SqlController()
{
    if (m_page && m_keep.isActive())
        keepDrafts();
    m_files.waitForDone();
}

void SqlController::setPage(SqlPage *page)
{
    m_page = page;
    page->setProfile(qs(m_settings.profile), QColor(qs(m_settings.colour)));
    connect(page, &QObject::destroyed, this, [this] { m_page = nullptr; });
    connect(page, &SqlPage::runRequested, this, &SqlController::run);
    connect(page, &SqlPage::previewRequested, this, &SqlController::askPreview);
    connect(page, &SqlPage::resultChosen, this, &SqlController::showResult);
    connect(page, &SqlPage::historyWanted, this, &SqlController::readHistory);
    connect(page, &SqlPage::stopRequested, this, [this] {
        if (m_script)
            m_script->cancel();
        m_page->say(tr("Stopping: statements that run are killed."));
    });
    connect(page, &SqlPage::draftsChanged, this, [this] { m_keep.start(); });
}

void SqlController::follow()
{
    if (!m_page || !m_state.fleetKnown())
        return;
    const bool first = m_page->drafts().empty();
    m_page->setFleet(m_state.fleet());
    if (first)
        readDrafts();
    const auto contents = contentsOf(*m_state.fleet(), m_state.location().scope);
    std::vector<Uuid> scope;
    if (m_state.location().scope.kind != Scope::Kind::All) // the whole fleet is chosen on purpose only
        scope.assign(contents.instances.begin(), contents.instances.end());
    std::ranges::sort(scope, {}, [this](const Uuid &id) { return m_state.fleet()->pathOf(id); });
    m_page->setScopeInstances(scope);
}

void SqlController::run(const SqlWish &wish)
{
    const auto count = static_cast<int>(wish.statements.size()), instances = static_cast<int>(wish.targets.size());
    const auto go = [this, wish] { m_withKey([this, wish] { runAgreed(wish); }); };
    if (wish.readsOnly && !wish.needsConfirmation) {
        go();
        return;
    }
    Dialogs::Question question;
    question.title = tr("Run SQL — %1").arg(qs(m_settings.profile));
    QStringList paths;
    for (const Uuid &id : wish.targets) {
        if (paths.size() < 12)
            paths << qs(m_state.fleet()->pathOf(id));
    }
    if (instances > paths.size())
        paths << tr("and %n more", nullptr, instances - static_cast<int>(paths.size()));
    QStringList statements;
    for (std::size_t at = 0; at < wish.statements.size() && at < 5; ++at)
        statements << QStringLiteral("    ") + qs(wish.statements[at].substr(0, 400)).simplified().left(160);
    if (wish.statements.size() > 5)
        statements << QStringLiteral("    …");
    question.text = tr("%n statement(s):", nullptr, count) + QLatin1Char('\n') + statements.join(QLatin1Char('\n')) + QStringLiteral("\n\n")
        + tr("On %n instance(s): %1", nullptr, instances).arg(paths.join(QStringLiteral(", ")));
    question.accept = tr("Run %1 on %2").arg(tr("%n statement(s)", nullptr, count), tr("%n instance(s)", nullptr, instances));
    if (wish.needsConfirmation)
        question.text += QStringLiteral("\n\n") + tr("The rule wants this confirmed by typing the name.");
    if (m_settings.production)
        question.text += QStringLiteral("\n\n") + tr("This is production.");
    if (wish.needsConfirmation || m_settings.production)
        question.typeToConfirm = instances == 1 ? paths.front() : qs(m_settings.profile);
    m_ui.dialogs.confirm(m_window, question, go);
}

void SqlController::runAgreed(const SqlWish &wish)
{
    if (m_script)
        return;
    m_on.clear();
    for (const Uuid &id : wish.targets) {
        On &on = m_on.emplace_back();
        on.instance = id;
        on.path = qs(m_state.fleet()->pathOf(id));
    }
    m_statements = wish.statements;
    m_shown = 0;
    m_result.setResult({}, {});
    m_page->setResultStatements({});
    m_page->setResultCut(0);
    m_page->setRunning(true);
    m_since.start();
    ++m_number;
    SqlScript::Order order{m_settings, m_runs.key(), m_runs.name(), m_state.fleet(), m_calls.pool(), {}, wish.targets, wish.wave};
    order.args.schema = wish.schema.toStdString();
    order.args.statements = wish.statements;
    order.args.confirmed = wish.needsConfirmation;
    order.args.bytes = 4LL << 20;
    const auto told = [this, number = m_number](auto act) {
        QMetaObject::invokeMethod(this, [this, number, act = std::move(act)] {
            if (number == m_number)
                act();
        }, Qt::QueuedConnection);
    };
    m_script = std::make_unique<SqlScript>(
        std::move(order), SqlScript::Told{[this, told](std::size_t at) {
                                              told([this, at] {
                                                  m_on[at].begun = true;
                                                  m_repaint.start();
                                              });
                                          },
                                          [this, told](std::size_t at, const Json &item) { told([this, at, item] { takeItem(at, item); }); },
                                          [this, told](std::size_t at, RunState state, const std::optional<Error> &error) { told([this, at, state, error] { ended(at, state, error); }); },
                                          [this, told](const std::optional<Error> &error) { told([this, error] { finished(error); }); }});
    showGrid();
    showProgress();
}

void SqlController::takeItem(std::size_t at, const Json &item)
{
    On &on = m_on[at];
    const auto count = [&](int statement) {
        const auto &all = on.results.statements();
        return statement >= 1 && statement <= static_cast<int>(all.size()) ? all[static_cast<std::size_t>(statement) - 1].rows.size() : std::size_t{0};
    };
    const auto head = decode<ItemHead>(item); // both forms of items name their statement
    const int statement = head ? head->statement : 0;
    const std::size_t before = count(statement);
    on.results.add(item);
    if (!m_repaint.isActive())
        m_repaint.start();
    if (statement < 1 || statement > static_cast<int>(on.results.statements().size()))
        return;
    const auto &result = on.results.statements()[static_cast<std::size_t>(statement) - 1];
    if (result.columns.empty())
        return;
    std::vector<std::pair<int, QString>> withResult;
    for (std::size_t number = 1; number <= m_statements.size(); ++number) {
        if (std::ranges::any_of(m_on, [&](const On &one) { return one.results.statements().size() >= number && !one.results.statements()[number - 1].columns.empty(); }))
            withResult.emplace_back(static_cast<int>(number), qs(m_statements[number - 1].substr(0, 400)));
    }
    m_page->setResultStatements(withResult);
    if (m_shown == 0 || m_result.columnCount() <= 1) {
        showResult(m_shown == 0 ? statement : m_shown);
        m_page->showTab(SqlPage::Tab::Result);
    } else if (statement == m_shown) {
        std::vector<SqlResultModel::Row> more;
        for (std::size_t row = before; row < result.rows.size() && static_cast<std::size_t>(m_result.rowCount()) + more.size() < mostRows; ++row) {
            SqlResultModel::Row cells{{on.path, false}};
            for (const Json &cell : result.rows[row])
                cells.push_back({qs(batchsql::cellText(cell)), cell.is_null()});
            more.push_back(std::move(cells));
        }
        m_result.append(std::move(more));
    }
}

void SqlController::showResult(int statement)
{
    m_shown = statement;
    QStringList columns;
    std::vector<SqlResultModel::Row> rows;
    for (const On &on : m_on) {
        if (static_cast<int>(on.results.statements().size()) < statement)
            continue;
        const auto &result = on.results.statements()[static_cast<std::size_t>(statement) - 1];
        if (columns.isEmpty()) {
            for (const std::string &column : result.columns)
                columns << qs(column);
        }
        for (const Json &row : result.rows) {
            if (rows.size() >= mostRows)
                break;
            SqlResultModel::Row cells{{on.path, false}};
            for (const Json &cell : row)
                cells.push_back({qs(batchsql::cellText(cell)), cell.is_null()});
            rows.push_back(std::move(cells));
        }
    }
    m_result.setResult(columns, std::move(rows));
}

void SqlController::ended(std::size_t at, RunState state, const std::optional<Error> &error)
{
    m_on[at].look = lookOfRun(state);
    m_on[at].error = error;
    m_repaint.start();
}

void SqlController::finished(const std::optional<Error> &error)
{
    m_script.reset();
    for (On &on : m_on) {
        if (on.look == Look::Pending)
            on.look = on.begun ? Look::Unknown : Look::Skipped;
    }
    showGrid();
    showProgress();
    if (error)
        m_page->showTab(SqlPage::Tab::Statements);
    else if (m_result.rowCount() == 0 && m_shown == 0)
        m_page->showTab(SqlPage::Tab::Statements);
    if (error)
        m_page->say(errorText(*error), true);
    m_page->setRunning(false);
}

void SqlController::showGrid()
{
    std::vector<SqlGridRow> rows;
    for (const On &on : m_on) {
        const auto &results = on.results.statements();
        bool before = true; // all statements before this one have ended
        for (std::size_t at = 0; at < m_statements.size(); ++at) {
            SqlGridRow row;
            row.id = uuidV5(on.instance, "statement|" + std::to_string(at + 1));
            row.instance = on.path;
            row.statement = static_cast<int>(at) + 1;
            row.sql = qs(m_statements[at].substr(0, 4000));
            const bool known = at < results.size();
            if (known && !results[at].columns.empty())
                row.rows = static_cast<std::int64_t>(results[at].rows.size());
            if (known && results[at].end) {
                const wire::SqlStatementEnd &end = *results[at].end;
                row.look = Look::Ok;
                if (results[at].columns.empty())
                    row.changed = end.affectedRows;
                row.took = Microseconds{end.tookUs};
                row.warnings = end.warningCount;
                row.message = warningsText(end);
                if (end.moreRows)
                    row.message = tr("There were more rows than are shown.") + QLatin1Char('\n') + row.message;
            } else if (!before) {
                row.look = on.look == Look::Pending ? Look::Pending : Look::Skipped;
            } else {
                before = false; // it is this one that runs, or that failed
                row.look = on.look == Look::Pending ? (on.begun ? Look::Running : Look::Pending) : on.look == Look::Ok ? Look::Unknown : on.look;
                if (on.error)
                    row.message = errorText(*on.error);
            }
            rows.push_back(std::move(row));
        }
    }
    m_grid.setRows(std::move(rows));
}

void SqlController::showProgress()
{
    int done = 0, failed = 0;
    for (const On &on : m_on) {
        done += on.look == Look::Ok;
        failed += on.look == Look::Failed || on.look == Look::Unknown;
    }
    m_page->say(tr("%1 of %2 done · %3 failed · %4").arg(done).arg(m_on.size()).arg(failed).arg(durationText(std::chrono::milliseconds{m_since.elapsed()})));
}

void SqlController::askPreview(const SqlWish &wish)
{
    m_withKey([this, wish] {
        m_preview.setRows({});
        m_previews.clear();
        m_page->showTab(SqlPage::Tab::Preview);
        for (const Uuid &id : wish.targets) {
            const InstanceRecord *record = m_state.fleet()->instance(id);
            if (!record)
                continue;
            m_previews.push_back(std::make_unique<Latest<Json>>(this));
            m_calls.ask(*m_previews.back(), record->instance.hostId, batchsql::previewMethod, batchsql::previewParams(record->instance, wish.schema.toStdString(), wish.statements),
                        [this, id, statements = wish.statements](Result<Json> answer) {
                            const QString path = qs(m_state.fleet()->pathOf(id));
                            const auto found = batchsql::previewAnswer(std::move(answer));
                            if (!found) {
                                m_preview.upsert({uuidV5(id, "preview"), path, 0, {}, Look::Failed, {}, {}, {}, 0, errorText(found.error())});
                                return;
                            }
                            for (const auto &one : found->statements) {
                                QStringList said;
                                if (!one.allowed || one.needsConfirmation)
                                    said << qs(one.why);
                                if (!one.refusal.empty())
                                    said << qs(one.refusal + " " + one.refusalDetail);
                                for (const auto &table : one.tables)
                                    said << qs(table.schema + "." + table.table) + (table.dataBytes ? QStringLiteral(" ") + bytesText(*table.dataBytes) : QString());
                                for (const std::string &lock : one.locks)
                                    said << tr("lock: %1").arg(qs(lock));
                                if (one.delaysReplicas)
                                    said << tr("replicas lag for its duration");
                                if (!one.error.empty())
                                    said << qs(one.error);
                                const auto number = static_cast<std::size_t>(std::max(1, one.statement));
                                const Look look = !one.allowed || !one.refusal.empty() ? Look::Failed : one.needsConfirmation ? Look::Late : Look::Ok;
                                m_preview.upsert({uuidV5(id, "preview|" + std::to_string(number)), path, one.statement,
                                                  number <= statements.size() ? qs(statements[number - 1].substr(0, 4000)) : QString(), look, one.estimatedRows, {}, {}, 0,
                                                  said.join(QStringLiteral(" · "))});
                            }
                        });
        }
    });
}

void SqlController::readHistory()
{
    using Rows = std::vector<SqlHistoryRow>;
    ask<Rows>(
        m_executor, m_readHistory,
        [fleet = m_state.fleet(), person = m_settings.person, since = m_state.now() - 720h](store::Session &session) -> Result<Rows> {
            workflow::RunFilter filter;
            filter.kind = "sql";
            filter.from = since;
            filter.limit = mostHistory;
            const auto runs = workflow::listRuns(session, filter);
            if (!runs)
                return fail(runs.error());
            Rows rows;
            for (const Run &run : *runs) {
                if (run.author != person)
                    continue;
                SqlHistoryRow row{run.id, run.targetId, qs(fleet->pathOf(run.targetId)), qs(run.author), run.createdAt, run.state, {}, {}};
                const auto args = decode<wire::SqlArgs>(run.args);
                if (!args)
                    continue;
                row.schema = qs(args->schema);
                std::string script;
                for (const std::string &statement : args->statements) {
                    if (script.size() + statement.size() > mostHistoryBytes)
                        break;
                    script += statement + ";\n";
                }
                row.script = qs(script);
                rows.push_back(std::move(row));
            }
            return rows;
        },
        [this](Result<Rows> rows) {
            if (rows)
                m_history.setRows(std::move(*rows));
            else
                m_page->say(errorText(rows.error()), true);
        });
}

/// One file for each editor and one that names them; each is on the disk before it takes the place of the one before.
void SqlController::keepDrafts()
{
    if (!m_page)
        return;
    m_files.start([directory = m_directory, drafts = m_page->drafts(), current = m_page->currentDraft()] {
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
        for (std::size_t at = 0; at < drafts.size(); ++at) {
            QJsonArray targets;
            for (const Uuid &id : drafts[at].targets)
                targets.append(qs(id.toString()));
            write(QStringLiteral("script-%1.sql").arg(at + 1), drafts[at].text);
            list.append(QJsonObject{{QStringLiteral("name"), drafts[at].name}, {QStringLiteral("schema"), drafts[at].schema}, {QStringLiteral("targets"), targets}});
        }
        write(QStringLiteral("scripts.json"),
              QJsonDocument(QJsonObject{{QStringLiteral("format"), 1}, {QStringLiteral("current"), current}, {QStringLiteral("scripts"), list}}).toJson());
    });
}

void SqlController::readDrafts()
{
    const auto read = [this](const QString &name) {
        QFile file(m_directory + QLatin1Char('/') + name);
        return file.open(QIODevice::ReadOnly) && file.size() <= mostDraftBytes ? file.readAll() : QByteArray();
    };
    const auto json = parseJson(read(QStringLiteral("scripts.json")).toStdString());
    const auto kept = json ? decode<KeptScripts>(*json) : Result<KeptScripts>(fail(json.error()));
    std::vector<SqlDraft> drafts;
    for (std::size_t at = 0; kept && at < kept->scripts.size() && at < static_cast<std::size_t>(mostDrafts); ++at) {
        const KeptScript &one = kept->scripts[at];
        SqlDraft draft{qs(one.name), read(QStringLiteral("script-%1.sql").arg(at + 1)), qs(one.schema), {}};
        for (const std::string &target : one.targets) {
            if (const auto id = Uuid::parse(target); id && m_state.fleet()->instance(*id))
                draft.targets.push_back(*id);
        }
        drafts.push_back(std::move(draft));
    }
    if (!drafts.empty())
        m_page->setDrafts(drafts, kept->current);
    m_keep.stop();
}

} // namespace zandb::console
