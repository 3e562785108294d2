// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/gotobox.h"

#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb::console {

GoToBox::GoToBox(std::vector<Entry> entries, QWidget *parent)
    : QDialog(parent, Qt::Popup), m_entries(std::move(entries)), m_edit(new QLineEdit(this)), m_list(new QListWidget(this)),
      m_nothing(new QLabel(this))
{
    setObjectName(QStringLiteral("goToBox"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_edit->setObjectName(QStringLiteral("goToEdit"));
    m_list->setObjectName(QStringLiteral("goToList"));
    m_edit->setPlaceholderText(tr("Go to a page, host, instance, task or action"));
    m_edit->addAction(themedIcon("search"), QLineEdit::LeadingPosition);
    m_edit->installEventFilter(this);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setUniformItemSizes(true);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(unit, unit, unit, unit);
    layout->addWidget(m_edit);
    layout->addWidget(m_nothing);
    layout->addWidget(m_list, 1);
    m_nothing->setObjectName(QStringLiteral("goToNothing"));
    m_nothing->setProperty("muted", true);
    m_nothing->setWordWrap(true);
    m_nothing->setContentsMargins(unit, unit, unit, unit);
    resize(70 * unit, 45 * unit);
    if (parent)
        move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, 8 * unit)));
    connect(m_edit, &QLineEdit::textChanged, this, &GoToBox::fill);
    connect(m_edit, &QLineEdit::returnPressed, this, &GoToBox::take);
    connect(m_list, &QListWidget::itemClicked, this, &GoToBox::take);
    fill();
    m_edit->setFocus();
}

void GoToBox::fill()
{
    const QStringList words = m_edit->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    m_list->clear();
    for (std::size_t at = 0; at < m_entries.size() && m_list->count() < 200; ++at) {
        const Entry &entry = m_entries[at];
        const QString text = entry.text + QLatin1Char(' ') + entry.kind;
        if (!std::ranges::all_of(words, [&](const QString &word) { return text.contains(word, Qt::CaseInsensitive); }))
            continue;
        auto *item = new QListWidgetItem(themedIcon(entry.icon), entry.text + QStringLiteral("   \u2014   ") + entry.kind, m_list);
        item->setData(Qt::UserRole, static_cast<int>(at));
        item->setSizeHint({100, 30});
    }
    m_list->setCurrentRow(0);
    m_nothing->setText(tr("No page, host, instance, group, task or action is called “%1”.").arg(m_edit->text().trimmed()));
    m_nothing->setVisible(m_list->count() == 0);
}

void GoToBox::take()
{
    const QListWidgetItem *item = m_list->currentItem();
    if (!item)
        return;
    const Entry entry = m_entries[static_cast<std::size_t>(item->data(Qt::UserRole).toInt())];
    close();
    if (parentWidget())
        parentWidget()->activateWindow();
    if (entry.act)
        entry.act();
    else
        Q_EMIT chosen(entry.to);
}

bool GoToBox::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Down || key == Qt::Key_Up) {
            const int by = key == Qt::Key_Down ? 1 : -1;
            m_list->setCurrentRow(std::clamp(m_list->currentRow() + by, 0, std::max(0, m_list->count() - 1)));
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace zandb::console
