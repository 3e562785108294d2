// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/batchsql/sqlrun.h"
#include "app/batchsql/sqlplan.h"
#include "app/platform/delivery.h"
#include "models/batchsql/resultcomparison.h"
#include "models/batchsql/sqlgridmodel.h"

#include <QThreadPool>
#include <QTimer>

namespace zandb::console {

/// What a script has left on each instance so far, as models: instances x statements, the results as one table, and how instances differ.  GUI thread; what
/// takes long is done beside it.
class SqlAnswers final : public QObject
{
    Q_OBJECT
public:
    explicit SqlAnswers(QObject *parent = nullptr);
    ~SqlAnswers() override;
    SqlGridModel *grid() { return &m_grid; }
    SqlResultModel *result() { return &m_result; }
    SqlResultModel *differences() { return &m_differences; }

    /// One instance of the script.
    struct Target
    {
        Uuid instance;
        QString path;
        int wave = 0; ///< from 1; 0: all at once
    };
    /// A script begins; what there was of another one goes.
    void begin(std::vector<Target> targets, std::vector<std::string> statements);
    /// The same script goes on at these of its instances: what they have left so far is told anew.
    void again(const std::vector<std::size_t> &targets);
    void begun(std::size_t at);
    void take(std::size_t at, const Json &item);
    /// `state` as that of PlanTarget.
    void ended(std::size_t at, const std::string &state, const std::optional<Error> &error);
    /// Nothing more comes.
    void finish();
    /// Takes this statement's results into the models, from 1.
    void show(int statement);
    int shown() const { return m_shown; }

    struct Counts
    {
        std::size_t all = 0, done = 0, failed = 0;
    };
    Counts counts() const;
    /// Places of instances that failed; what is unknown is not among them.
    std::vector<std::size_t> failed() const;
    void refreshTexts();

    /// So many rows of one result are shown of all instances together.
    static constexpr std::size_t mostRows = 200'000;

Q_SIGNALS:
    /// Statements that have a result, by number and text.
    void resultsKnown(const std::vector<std::pair<int, QString>> &statements);
    /// The first rows of the script are in the model.
    void firstRows();
    /// How the instances compare, in one line; empty: there is nothing to compare.
    void compared(const QString &text, bool differ);
    void changed();
    /// More rows than are shown; 0: all are shown.
    void cut(int rows);

private:
    /// What an instance has answered so far.
    struct On
    {
        Target target;
        Look look = Look::Pending;
        std::optional<Error> error;
        batchsql::SqlResults results{10'000};
    };
    using All = std::vector<On>;
    struct Table
    {
        QStringList columns;
        std::vector<SqlResultModel::Row> rows;
        bool cut = false;
    };
    static Table tableOf(const All &all, int statement);
    void compare();
    void showComparison();
    void showGrid();
    void rowsOf(const On &on, std::vector<SqlGridRow> &rows) const;
    void tellResults();

    SqlGridModel m_grid;
    SqlResultModel m_result;
    SqlResultModel m_differences;
    std::shared_ptr<All> m_on = std::make_shared<All>(); ///< while nothing runs it is only read, also by other threads
    std::vector<std::string> m_statements;
    std::size_t m_withResult = 0; ///< statements that are known to have one
    int m_shown = 0;
    bool m_running = false;
    bool m_anyRows = false;
    QTimer m_repaint;
    QThreadPool m_work;
    Latest<Table> m_table;
    Latest<RowsComparison> m_comparing;
    RowsComparison m_comparison;
};

} // namespace zandb::console
