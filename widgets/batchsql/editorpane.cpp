// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/batchsql/editorpane.h"

#include "widgets/batchsql/sqleditor.h"
#include "widgets/common/flowlayout.h"
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

#include <QCheckBox>
#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QVBoxLayout>

namespace zandb {

EditorPane::EditorPane(QWidget *parent)
    : QWidget(parent), m_editor(new SqlEditor(this)), m_bar(new QWidget(this)), m_find(new QLineEdit(m_bar)), m_replace(new QLineEdit(m_bar)), m_case(new QCheckBox(m_bar)),
      m_next(new QToolButton(m_bar)), m_previous(new QToolButton(m_bar)), m_one(new QToolButton(m_bar)), m_all(new QToolButton(m_bar)), m_close(new QToolButton(m_bar)),
      m_said(new QLabel(m_bar))
{
    const std::pair<QWidget *, const char *> names[] = {{m_editor, "sqlEditor"}, {m_bar, "sqlFindBar"}, {m_find, "sqlFind"}, {m_replace, "sqlReplace"},
                                                        {m_next, "sqlFindNext"}, {m_all, "sqlReplaceAll"}, {m_one, "sqlReplaceOne"}, {m_said, "sqlFindSaid"}};
    for (const auto &[widget, name] : names)
        widget->setObjectName(QString::fromLatin1(name));
    m_close->setIcon(themedIcon("close"));
    m_close->setAutoRaise(true);
    m_said->setProperty("muted", true);
    m_find->setMinimumWidth(22 * unit);
    m_replace->setMinimumWidth(22 * unit);
    auto *line = new FlowLayout(m_bar);
    line->setContentsMargins(unit, unit / 2, unit, unit / 2);
    line->setSpacing(unit / 2);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_find, m_previous, m_next, m_case, m_replace, m_one, m_all, m_said, m_close})
        line->addWidget(widget);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_editor, 1);
    layout->addWidget(m_bar);
    m_bar->hide();
    connect(m_find, &QLineEdit::returnPressed, this, [this] { findNext(); });
    connect(m_next, &QToolButton::clicked, this, [this] { findNext(); });
    connect(m_previous, &QToolButton::clicked, this, [this] { findNext(false); });
    connect(m_replace, &QLineEdit::returnPressed, this, &EditorPane::replaceOne);
    connect(m_one, &QToolButton::clicked, this, &EditorPane::replaceOne);
    connect(m_all, &QToolButton::clicked, this, &EditorPane::replaceAll);
    connect(m_close, &QToolButton::clicked, this, &EditorPane::closeFind);
    retranslate();
}

void EditorPane::retranslate()
{
    m_find->setPlaceholderText(tr("Find"));
    m_replace->setPlaceholderText(tr("Replace with"));
    m_case->setText(tr("Match case"));
    m_next->setText(tr("Next"));
    m_previous->setText(tr("Previous"));
    m_one->setText(tr("Replace"));
    m_all->setText(tr("Replace all"));
    m_close->setToolTip(tr("Close"));
}

void EditorPane::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void EditorPane::openFind(bool replace)
{
    if (m_editor->hasSelectedText() && !m_editor->selectedText().contains(QLatin1Char('\n')))
        m_find->setText(m_editor->selectedText());
    for (QWidget *widget : std::initializer_list<QWidget *>{m_replace, m_one, m_all})
        widget->setVisible(replace);
    m_said->clear();
    m_bar->show();
    m_find->setFocus(Qt::ShortcutFocusReason);
    m_find->selectAll();
}

bool EditorPane::closeFind()
{
    if (m_bar->isHidden())
        return false;
    m_bar->hide();
    m_editor->setFocus(Qt::OtherFocusReason);
    return true;
}

bool EditorPane::findNext(bool forward)
{
    if (m_find->text().isEmpty())
        return false;
    int line = -1, index = -1;
    if (!forward && m_editor->hasSelectedText()) {
        int toLine = 0, toIndex = 0;
        m_editor->getSelection(&line, &index, &toLine, &toIndex);
    }
    const bool found = m_editor->findFirst(m_find->text(), false, m_case->isChecked(), false, true, forward, line, index);
    m_said->setText(found ? QString() : tr("Not found"));
    return found;
}

void EditorPane::replaceOne()
{
    const Qt::CaseSensitivity sensitive = m_case->isChecked() ? Qt::CaseSensitive : Qt::CaseInsensitive;
    if (m_editor->hasSelectedText() && m_editor->selectedText().compare(m_find->text(), sensitive) == 0)
        m_editor->replaceSelectedText(m_replace->text());
    findNext();
}

void EditorPane::replaceAll()
{
    if (m_find->text().isEmpty())
        return;
    // in Scintilla itself: a hundred thousand places take a moment, not a minute
    const QByteArray wanted = m_find->text().toUtf8(), by = m_replace->text().toUtf8();
    using Sci = QsciScintillaBase;
    m_editor->beginUndoAction();
    m_editor->SendScintilla(Sci::SCI_SETSEARCHFLAGS, static_cast<unsigned long>(m_case->isChecked() ? Sci::SCFIND_MATCHCASE : 0));
    int count = 0;
    long from = 0;
    for (;;) {
        m_editor->SendScintilla(Sci::SCI_SETTARGETSTART, static_cast<unsigned long>(from));
        m_editor->SendScintilla(Sci::SCI_SETTARGETEND, static_cast<unsigned long>(m_editor->SendScintilla(Sci::SCI_GETLENGTH)));
        if (m_editor->SendScintilla(Sci::SCI_SEARCHINTARGET, static_cast<unsigned long>(wanted.size()), wanted.constData()) < 0)
            break;
        const long start = m_editor->SendScintilla(Sci::SCI_GETTARGETSTART);
        m_editor->SendScintilla(Sci::SCI_REPLACETARGET, static_cast<unsigned long>(by.size()), by.constData());
        from = start + static_cast<long>(by.size());
        ++count;
    }
    m_editor->endUndoAction();
    m_said->setText(tr("%n replaced", nullptr, count));
}

} // namespace zandb
