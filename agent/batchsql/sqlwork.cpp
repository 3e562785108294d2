// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/sqlwork.h"

#include "agent/batchsql/boundedchange.h"
#include "agent/batchsql/grantmask.h"
#include "agent/batchsql/sqlchecks.h"
#include "agent/fleet/statementrunner.h"
#include "agent/protocol/batchsql.h"
#include "agent/protocol/sqlerrors.h"
#include "agent/rules/alterplan.h"
#include "agent/rules/sqlguard.h"

#include <algorithm>

namespace zandb::agent {
namespace {

using rules::GuardContext;
using rules::Verdict;

constexpr std::size_t maxStatements = 10'000;
constexpr std::int64_t maxTimeMs = 86'400'000;

Result<void> checkArgs(const wire::SqlArgs &args)
{
    const auto bad = [](const char *detail) { return fail(errors::orderArgs, {{"detail", detail}}); };
    if (args.statements.empty() || args.statements.size() > maxStatements)
        return bad("1 to 10,000 statements");
    if (args.timeMs < 1 || args.timeMs > maxTimeMs)
        return bad("timeMs is from 1 to a day");
    if (args.rows < 0 || args.bytes < 0 || args.lockWaitSeconds < 1 || args.lockWaitSeconds > 86'400)
        return bad("rows and bytes are not negative, lockWaitSeconds is from 1 to a day");
    return {};
}

class Script
{
public:
    Script(WorkContext &context, const wire::SqlArgs &args, LocalInstance instance)
        : m_context(context), m_args(args), m_instance(std::move(instance)), m_checks(context.config(), m_instance, args.accepted)
    {
    }

    /// `onlyReads`: nothing but class R may be in it.
    Result<Json> run(bool onlyReads = false)
    {
        if (auto judged = judgeAll(); !judged)
            return fail(judged.error());
        for (std::size_t i = 0; onlyReads && i < m_verdicts.size(); ++i) {
            if (m_verdicts[i].statementClass != 'R')
                return fail(refused(i, "not_reading", m_verdicts[i].reason.rule, 0, "only statements that read may be called; others are orders"));
        }
        wire::SqlResult result;
        result.instance = m_instance.name;
        for (std::size_t i = 0; i < m_args.statements.size(); ++i) {
            wire::Progress progress;
            progress.phase = "running";
            progress.unit = "statements";
            progress.bytesDone = static_cast<std::int64_t>(i);
            progress.bytesTotal = static_cast<std::int64_t>(m_args.statements.size());
            m_context.progress(progress);
            auto outcome = runOne(i);
            if (!outcome) {
                m_context.log("statement " + std::to_string(i + 1) + ": " + describe(outcome.error()));
                return fail(failure(i, std::move(outcome.error())));
            }
            ++result.statements;
            result.rows += outcome->rows;
            result.affectedRows += outcome->affectedRows;
            result.warnings += outcome->warningCount;
        }
        return Json(result);
    }

private:
    Error refused(std::size_t i, const std::string &reason, std::string_view rule, std::size_t at, const std::string &detail) const
    {
        return makeError(errors::sqlRefused, {{"instance", m_instance.name}, {"statement", std::to_string(i + 1)}, {"reason", reason}, {"rule", std::string(rule)},
                                              {"at", std::to_string(at)}, {"detail", detail}});
    }

    Error failure(std::size_t i, Error error) const
    {
        if (error.is(errors::sqlRefused) || error.is(errors::cancelled))
            return error;
        const ErrorClass errorClass = error.errorClass;
        Error failed = makeError(errors::sqlStatementFailed,
                                 {{"instance", m_instance.name}, {"statement", std::to_string(i + 1)}, {"of", std::to_string(m_args.statements.size())}}, std::move(error));
        // what has run before is not to be run again by itself
        failed.errorClass = i > 0 && errorClass == ErrorClass::Transient ? ErrorClass::Permanent : errorClass;
        return failed;
    }

    Result<void> judgeAll()
    {
        const auto greeting = greet(m_instance);
        if (!greeting)
            return fail(greeting.error());
        const auto by = m_context.orderedBy();
        const auto role = by ? rules::guardRoleFromString(by->role) : std::nullopt;
        if (!role)
            return fail(errors::denied, {{"user", by ? by->user : ""}, {"role", by ? by->role : ""}, {"what", "sql"}});
        const GuardContext guard{.role = role,
                                 .flavour = greeting->isMariaDb() ? rules::GuardFlavour::MariaDb : rules::GuardFlavour::MySql,
                                 .schema = m_args.schema,
                                 .hintMilliseconds = static_cast<std::uint64_t>(m_args.timeMs)};
        std::uint64_t bounded = 0;
        for (std::size_t i = 0; i < m_args.statements.size(); ++i) {
            Verdict verdict = rules::judge(m_args.statements[i], guard);
            if (!verdict.allowed)
                return fail(refused(i, std::string(verdict.reason.code), verdict.reason.rule, verdict.at, verdict.why()));
            if (verdict.needsConfirmation && !m_args.confirmed)
                return fail(refused(i, "unconfirmed", verdict.reason.rule, 0, "this class needs a person's confirmation"));
            bounded += verdict.subject.rows;
            if (bounded > maxOrderedRows)
                return fail(refused(i, "too_many_rows", "G1.4b", 0, "all bounded statements of a script together change at most 100,000 rows"));
            m_verdicts.push_back(std::move(verdict));
        }
        return {};
    }

    Result<StatementRunner *> runnerFor(bool reads)
    {
        auto &runner = reads ? m_reader : m_writer;
        if (!runner) {
            StatementOptions options;
            options.schema = m_args.schema;
            options.readOnly = reads;
            options.rowBinlog = !reads;
            options.limits.rows = m_args.rows;
            options.limits.bytes = m_args.bytes;
            options.limits.time = std::chrono::milliseconds(m_args.timeMs);
            options.limits.lockWait = std::chrono::seconds(m_args.lockWaitSeconds);
            auto opened = StatementRunner::open(m_context.config(), m_instance, reads ? Account::Explain : Account::Maint, std::move(options));
            if (!opened)
                return fail(opened.error());
            runner = std::move(*opened);
        }
        return runner.get();
    }

    Result<StatementOutcome> runOne(std::size_t i)
    {
        const Verdict &verdict = m_verdicts[i];
        const auto refusal = m_checks.refusal(verdict);
        if (!refusal)
            return fail(refusal.error());
        if (*refusal)
            return fail(refused(i, refusal->name, "G1.4b", 0, refusal->detail.empty() ? "what the server holds now forbids it" : refusal->detail));
        auto runner = runnerFor(verdict.statementClass == 'R');
        if (!runner)
            return fail(runner.error());
        std::string sql = m_args.statements[i];
        if (verdict.localAt)
            sql.insert(*verdict.localAt, " LOCAL"); // else it would be written to the binlog
        RowPacker packer([&](Json item) {
            item["statement"] = i + 1;
            m_context.item(item);
        });
        GrantMask masked(packer);
        StatementSink &sink = verdict.subject.showsGrants ? static_cast<StatementSink &>(masked) : packer;
        std::optional<BoundedChange> change;
        if (verdict.subject.rows > 0) {
            BeforeImage image;
            image.order = m_context.order().key;
            image.statement = static_cast<int>(i + 1);
            image.instance = m_instance.name;
            image.sql = sql;
            image.at = systemNow();
            change.emplace(m_context.config(), std::move(image), verdict.subject);
        }
        bool online = false;
        auto outcome = verdict.statementClass == 'X' ? runOnlineFirst(i, **runner, sink, online)
                                                     : (*runner)->run(sql, sink, m_context.stopToken(), change ? &*change : nullptr);
        packer.finish();
        if (outcome) {
            wire::SqlStatementEnd end = endOf(i, *outcome);
            end.online = online;
            end.image = change ? change->image() : "";
            m_context.item(Json(end));
        } else if (change && outcome.error().errorClass != ErrorClass::Unknown) {
            change->discard(); // it was taken back
        }
        if (!outcome && outcome.error().is(errors::sqlRefused))
            return fail(refused(i, outcome.error().fields["reason"], "G1.4c", 0, outcome.error().fields["detail"]));
        return outcome;
    }

    /// With the online algorithm first; a server that cannot do it so says it before it begins.
    Result<StatementOutcome> runOnlineFirst(std::size_t i, StatementRunner &runner, StatementSink &sink, bool &online)
    {
        const std::string &sql = m_args.statements[i];
        const auto asked = rules::askedOnline(sql, m_verdicts[i].subject);
        if (!asked)
            return runner.run(sql, sink, m_context.stopToken());
        auto outcome = runner.run(*asked, sink, m_context.stopToken());
        online = outcome.has_value();
        const auto number = outcome || !outcome.error().is(errors::sqlFailed) ? std::string() : outcome.error().fields["errno"];
        if (number != "1845" && number != "1846")
            return outcome;
        m_context.log("statement " + std::to_string(i + 1) + " is not possible online: " + outcome.error().fields["detail"]);
        const auto refusal = m_checks.checkCopying(m_verdicts[i].subject.tables.front());
        if (!refusal)
            return fail(refusal.error());
        if (*refusal)
            return fail(errors::sqlRefused, {{"reason", refusal->name}, {"detail", refusal->detail + "; the server cannot do it online"}});
        return runner.run(sql, sink, m_context.stopToken());
    }

    wire::SqlStatementEnd endOf(std::size_t i, const StatementOutcome &outcome) const
    {
        wire::SqlStatementEnd end;
        end.statement = static_cast<int>(i + 1);
        end.statementClass = std::string(1, m_verdicts[i].statementClass);
        end.rows = outcome.rows;
        end.moreRows = outcome.moreRows;
        end.cutCells = outcome.cutCells;
        end.affectedRows = outcome.affectedRows;
        end.info = outcome.info;
        end.warningCount = outcome.warningCount;
        for (const SqlWarning &warning : outcome.warnings)
            end.warnings.push_back({warning.level, warning.code, warning.message});
        end.tookUs = outcome.took.count();
        return end;
    }

    WorkContext &m_context;
    const wire::SqlArgs &m_args;
    const LocalInstance m_instance;
    SqlChecks m_checks;
    std::vector<Verdict> m_verdicts;
    std::unique_ptr<StatementRunner> m_reader;
    std::unique_ptr<StatementRunner> m_writer;
};

} // namespace

namespace {

Result<Json> workOf(WorkContext &context, bool onlyReads)
{
    const auto args = decode<wire::SqlArgs>(context.order().args);
    if (!args)
        return fail(args.error());
    if (auto good = checkArgs(*args); !good)
        return fail(good.error());
    auto instance = findInstance(context.config(), args->instance);
    if (!instance)
        return fail(instance.error());
    return Script(context, *args, std::move(*instance)).run(onlyReads);
}

} // namespace

Result<Json> sqlWork(WorkContext &context)
{
    return workOf(context, false);
}

Result<Json> sqlReadWork(WorkContext &context)
{
    return workOf(context, true);
}

} // namespace zandb::agent
