// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"

#include "agent/protocol/uuid.h"

#include <QClipboard>
#include <QTimer>
#include <QWidget>

#include <functional>
#include <optional>
#include <vector>

class QFrame;
class QGridLayout;
class QLabel;
class QMenu;
class QPushButton;
class QScrollArea;
class QToolButton;
class QVBoxLayout;

namespace zandb {

/// The second of the three levels: what is known of the selected row, what went wrong, what can be done.
class Inspector final : public QWidget
{
    Q_OBJECT
public:
    struct Line
    {
        QString label;
        QString value;
        QString tip;
        bool fixedWidth = false;
    };
    struct Content
    {
        std::vector<Uuid> ids; ///< of what is shown: what the buttons act on
        QString title;
        QString state;          ///< empty: no pill
        Look look = Look::Unknown;
        bool stale = false;
        QString error;          ///< what happened, in full
        QString advice;         ///< what to do now
        QString cause;          ///< what led to it, a line each
        QList<Line> lines;
    };
    explicit Inspector(QWidget *parent = nullptr);

    /// A button at the bottom, in order of adding; its words say what it does.  The primary one has a line of its own,
    /// the others share lines where they fit.  While the primary one is disabled its tooltip, the reason, stands above.
    /// `act` gets what was shown when the person pressed the button, and never nothing: a list that moves on between press
    /// and release does not pass other rows to it.
    QPushButton *addAction(const QString &name, const QString &icon, const std::function<void(const std::vector<Uuid> &)> &act, bool primary = false);
    /// The button acts on these of what is shown until setContent() is called again.
    void narrow(QPushButton *button, const std::vector<Uuid> &ids);
    /// The same actions for a context menu of what is shown now.
    void addActionsTo(QMenu *menu);
    void setContent(const Content &content);
    /// Stands below the lines; whoever made it shows and hides it.
    void setExtra(QWidget *widget);
    /// Nothing selected.
    void clear(const QString &hint);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    struct Action
    {
        QPushButton *button;
        bool primary;
        std::vector<Uuid> ids; ///< what it acts on
    };
    Action *actionOf(const QPushButton *button);
    void arrange();
    void placeActions();
    void showLine(int row, const Line &line);
    void copyAll();
    void takeMarksOut(QClipboard::Mode mode);

    QScrollArea *m_scroll;
    QWidget *m_body;
    QLabel *m_title;
    QToolButton *m_copy;
    QWidget *m_pill;
    QFrame *m_trouble;
    QLabel *m_error;
    QLabel *m_adviceTitle;
    QLabel *m_advice;
    QLabel *m_hint;
    QGridLayout *m_lines;
    QVBoxLayout *m_parts;
    QVBoxLayout *m_outer = nullptr;
    bool m_low = false; ///< no room for buttons that do not scroll
    QVBoxLayout *m_rows;
    QWidget *m_actionArea;
    QLabel *m_why;
    std::vector<Action> m_actions;
    QList<QList<QPushButton *>> m_arranged;
    QTimer m_arrange;
    Content m_content;
    std::vector<Uuid> m_pressed;
};

} // namespace zandb
