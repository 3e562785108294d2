// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/sessions/sessionmodel.h"
#include "widgets/common/ui.h"

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QPushButton;
class QSpinBox;

namespace zandb {

class Chip;
class Inspector;
class TablePane;

/// The process list of some instances: what sessions do now, who waits for whom, and the kill of one.  It says when it is on the screen, since the list
/// is read only then.
class SessionsView final : public QWidget
{
    Q_OBJECT
public:
    /// `name` is the key under which columns are kept and the stem of object names ("processlist" -> "processlistTable").
    SessionsView(const Ui &ui, const QString &name, SessionTableModel *model, QWidget *parent = nullptr);
    void setFacts(const SessionFacts &facts);
    void setFilter(const SessionFilter &filter);
    void setLoading(bool loading);
    /// Why nothing can be killed; empty: it can.
    void setForbidden(const QString &why);
    /// The whole statement of a session that was asked for.
    void setStatement(const Uuid &row, const QString &text);
    /// The column of instances says nothing where there is one only.
    void setOneInstance();
    void focusFilter();
    bool escape();

Q_SIGNALS:
    void watched(bool on);
    void filterChosen(const zandb::SessionFilter &filter);
    void statementRequested(const zandb::Uuid &row);
    void killRequested(const std::vector<zandb::Uuid> &rows, bool connection);

protected:
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void retranslate();
    void showFacts();
    void showInspector();
    void chipClicked(Chip *chip);
    QString troubleText() const;

    SessionTableModel *m_model;
    TablePane *m_pane;
    Inspector *m_inspector;
    QLabel *m_total;
    Chip *m_heads;
    Chip *m_waiting;
    Chip *m_active;
    QCheckBox *m_idle;
    QLabel *m_longerWord;
    QSpinBox *m_longer;
    QComboBox *m_user;
    QLabel *m_troubles;
    QPushButton *m_text;
    QPushButton *m_kill;
    QPushButton *m_killConnection;
    SessionFacts m_facts;
    SessionFilter m_filter;
    QString m_forbidden;
    Uuid m_shown;           ///< whose whole statement is known
    std::pair<std::int64_t, QString> m_statement; ///< with the statement it was, as the list had it
    QString m_statementShort;
    bool m_loading = false;
};

} // namespace zandb
