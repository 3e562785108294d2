// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"

#include <QWidget>

class QFrame;
class QGridLayout;
class QLabel;
class QPushButton;
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
        QString title;
        QString state;          ///< empty: no pill
        Look look = Look::Unknown;
        bool stale = false;
        QString error;          ///< what happened, in full
        QString advice;         ///< what to do now
        QString cause;
        QList<Line> lines;
    };
    explicit Inspector(QWidget *parent = nullptr);

    /// A button at the bottom, in order of adding; its words say what it does.
    QPushButton *addAction(const QString &name, const QString &icon, bool primary = false);
    void setContent(const Content &content);
    /// Nothing selected.
    void clear(const QString &hint);

private:
    QWidget *m_body;
    QLabel *m_title;
    QWidget *m_pill;
    QFrame *m_trouble;
    QLabel *m_error;
    QLabel *m_adviceTitle;
    QLabel *m_advice;
    QLabel *m_hint;
    QGridLayout *m_lines;
    QVBoxLayout *m_actions;
    QWidget *m_actionArea;
    Content m_content;
    bool m_shown = false;
};

} // namespace zandb
