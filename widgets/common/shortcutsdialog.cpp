// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/shortcutsdialog.h"

#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

#include <QDialogButtonBox>
#include <QGridLayout>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

namespace zandb {

ShortcutsDialog::ShortcutsDialog(const QList<Entry> &entries, QWidget *parent) : QDialog(parent), m_entries(entries), m_trouble(new QLabel(this))
{
    setObjectName(QStringLiteral("shortcutsDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Keyboard shortcuts"));
    auto *intro = new QLabel(tr("Click a key and press another one to change it."), this);
    intro->setProperty("muted", true);
    auto *body = new QWidget(this);
    auto *grid = new QGridLayout(body);
    grid->setContentsMargins(0, 0, unit, 0);
    grid->setVerticalSpacing(unit / 2);
    grid->setHorizontalSpacing(2 * unit);
    grid->setColumnStretch(0, 1);
    for (int row = 0; row < m_entries.size(); ++row) {
        auto *label = new QLabel(m_entries[row].text, body);
        auto *edit = new QKeySequenceEdit(m_entries[row].keys, body);
        auto *reset = new QToolButton(body);
        edit->setObjectName(QStringLiteral("key-") + m_entries[row].id);
        edit->setAccessibleName(m_entries[row].text);
        edit->setFixedWidth(22 * unit);
        reset->setObjectName(QStringLiteral("reset-") + m_entries[row].id);
        reset->setIcon(themedIcon("retry"));
        reset->setToolTip(tr("Back to %1").arg(m_entries[row].standard.toString(QKeySequence::NativeText)));
        label->setBuddy(edit);
        grid->addWidget(label, row, 0);
        grid->addWidget(edit, row, 1);
        grid->addWidget(reset, row, 2);
        m_edits << edit;
        m_resets << reset;
        reset->setEnabled(m_entries[row].keys != m_entries[row].standard);
        connect(edit, &QKeySequenceEdit::editingFinished, this, [this, row, edit] { take(row, edit->keySequence()); });
        connect(reset, &QToolButton::clicked, this, [this, row] { take(row, m_entries[row].standard); });
    }
    const auto fixed = [&](const QString &what, const QString &keys) {
        const int row = grid->rowCount();
        auto *label = new QLabel(what, body);
        auto *key = new QLabel(keys, body);
        label->setProperty("muted", true);
        key->setProperty("muted", true);
        grid->addWidget(label, row, 0);
        grid->addWidget(key, row, 1, 1, 2);
    };
    grid->setRowMinimumHeight(grid->rowCount(), unit);
    fixed(tr("In tables: copy rows, with header"), tr("Ctrl+C, Ctrl+Shift+C"));
    fixed(tr("In tables and lists: open"), tr("Enter"));
    fixed(tr("In the timeline: from bar to bar, open"), tr("Arrow keys, Enter"));

    auto *scroll = new QScrollArea(this);
    scroll->setWidget(body);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    m_trouble->setObjectName(QStringLiteral("shortcutsTrouble"));
    m_trouble->setWordWrap(true);
    m_trouble->setProperty("trouble", true);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->button(QDialogButtonBox::Close)->setText(tr("Close"));
    buttons->button(QDialogButtonBox::Close)->setAutoDefault(false); // Enter is a key like others here
    buttons->button(QDialogButtonBox::Close)->setIcon({});
    buttons->button(QDialogButtonBox::Close)->setFocus(); // Esc closes, until a key is being chosen
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * unit, 2 * unit, 2 * unit, 2 * unit);
    layout->setSpacing(unit);
    layout->addWidget(intro);
    layout->addWidget(scroll, 1);
    layout->addWidget(m_trouble);
    layout->addWidget(buttons);
    resize(66 * unit, 76 * unit);
}

void ShortcutsDialog::take(int row, QKeySequence keys)
{
    Entry &entry = m_entries[row];
    if (keys.count() > 1)
        keys = QKeySequence(keys[0]); // one chord each
    m_trouble->clear();
    for (const Entry &other : m_entries) {
        if (other.id == entry.id || keys.isEmpty() || other.keys != keys)
            continue;
        m_trouble->setText(tr("%1 already means “%2”. Change that one first.").arg(keys.toString(QKeySequence::NativeText), other.text));
        keys = entry.keys;
        break;
    }
    m_edits[row]->setKeySequence(keys);
    m_resets[row]->setEnabled(keys != entry.standard);
    if (keys == entry.keys)
        return;
    entry.keys = keys;
    Q_EMIT changed(entry.id, keys);
}

} // namespace zandb
