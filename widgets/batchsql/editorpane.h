// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QCheckBox;
class QLabel;
class QLineEdit;
class QToolButton;

namespace zandb {

class SqlEditor;

/// An editor with a bar below it to find and replace in it.
class EditorPane final : public QWidget
{
    Q_OBJECT
public:
    explicit EditorPane(QWidget *parent = nullptr);
    SqlEditor *editor() const { return m_editor; }
    /// Opens the bar with what is selected; `replace`: with the field for what replaces it.
    void openFind(bool replace);
    /// False when the bar was not open.
    bool closeFind();
    /// Selects the next or the one before; false when there is none.
    bool findNext(bool forward = true);

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void replaceOne();
    void replaceAll();

    SqlEditor *m_editor;
    QWidget *m_bar;
    QLineEdit *m_find;
    QLineEdit *m_replace;
    QCheckBox *m_case;
    QToolButton *m_next;
    QToolButton *m_previous;
    QToolButton *m_one;
    QToolButton *m_all;
    QToolButton *m_close;
    QLabel *m_said;
};

} // namespace zandb
