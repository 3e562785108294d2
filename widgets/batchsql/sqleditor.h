// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/batchsql/judgedscript.h"
#include "widgets/batchsql/qsci.h"

#include <QTimer>

#include <functional>
#include <memory>

namespace zandb {

class ScriptJudge;

/// An editor for SQL: highlighting, matching brackets, completion, comments on and off, and in the margin what the guard says of each statement.
/// A text of many megabytes is typed into as fast as a short one: what costs time with its length is done on another thread.
class SqlEditor final : public QsciScintilla
{
    Q_OBJECT
public:
    explicit SqlEditor(QWidget *parent = nullptr);
    ~SqlEditor() override;

    /// UTF-8.
    QByteArray bytes() const;
    void setBytes(const QByteArray &text);
    void setSchema(const QString &schema);
    QString schema() const { return m_schema; }

    /// What is to be run.
    enum class Part { Statement, Selection, All };
    /// Hands on the statements of a part with the guard's verdicts, once they are known.  What cannot be split has a problem and no statements.
    void statements(Part part, std::function<void(const JudgedScript &)> then);
    /// Begins the lines of the selection, or the cursor's, with "-- ", or takes that away where all have it.
    void toggleComment();
    /// Words for completion beyond SQL's own, such as names of tables; replaces those before.
    void setNames(const QStringList &names);
    /// What the guard says of what begins in this line (from 0); empty: nothing.
    QString markText(int line) const;
    /// The verdicts of the text as it was at the last pause in typing; null: none yet.
    std::shared_ptr<const JudgedScript> judged() const { return m_judged; }
    /// "sel", "upd" ... and Tab: what stands for it; the place to type is selected.
    bool expandSnippet();

Q_SIGNALS:
    void marksChanged();
    void edited();
    /// Ctrl+Enter, where no shortcut has taken it.
    void runRequested(bool all);

protected:
    void changeEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void applyLook();
    void judgeSoon();
    void showMarks();

    QsciLexerSQL *m_lexer;
    QsciAPIs *m_names;
    ScriptJudge *m_judge;
    std::shared_ptr<const JudgedScript> m_judged;
    QString m_schema;
    QTimer m_pause;
    qsizetype m_digits = 0; ///< of the greatest line number
    int m_firstMarked = -1; ///< lines that have their marks now
    int m_lastMarked = -1;
};

} // namespace zandb
