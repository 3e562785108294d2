// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/gotobox.h"

#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPointer>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb::console {

GoToBox::GoToBox(std::vector<Entry> entries, Finder finder, QWidget *parent)
    : QDialog(parent, Qt::Popup), m_entries(std::move(entries)), m_finder(std::move(finder)), m_edit(new QLineEdit(this)), m_list(new QListWidget(this)),
      m_nothing(new QLabel(this))
{
    setObjectName(QStringLiteral("goToBox"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_edit->setObjectName(QStringLiteral("goToEdit"));
    m_list->setObjectName(QStringLiteral("goToList"));
    m_edit->setPlaceholderText(tr("Go to a page, host, instance, shard, task or action"));
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
    m_pause.setSingleShot(true);
    m_pause.setInterval(100);
    connect(&m_pause, &QTimer::timeout, this, &GoToBox::ask);
    connect(m_edit, &QLineEdit::textChanged, this, &GoToBox::fill);
    connect(m_edit, &QLineEdit::returnPressed, this, &GoToBox::take);
    connect(m_list, &QListWidget::itemClicked, this, &GoToBox::take);
    fill();
    m_edit->setFocus();
}

void GoToBox::fill()
{
    m_list->clear();
    m_found.clear();
    addMatches(m_entries, 0);
    m_list->setCurrentRow(0);
    m_asking = m_finder && m_edit->text().trimmed().size() > 1;
    if (m_asking)
        m_pause.start();
    else
        m_pause.stop();
    showNothing();
}

void GoToBox::ask()
{
    m_finder(m_edit->text(), [box = QPointer(this), text = m_edit->text()](std::vector<Entry> found) {
        if (!box || box->m_edit->text() != text)
            return;
        box->m_asking = false;
        box->m_found = std::move(found);
        box->addMatches(box->m_found, box->m_entries.size());
        if (box->m_list->currentRow() < 0)
            box->m_list->setCurrentRow(0);
        box->showNothing();
    });
}

/// What was found elsewhere fits already.
void GoToBox::addMatches(const std::vector<Entry> &entries, std::size_t first)
{
    const QStringList words = m_edit->text().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (std::size_t at = 0; at < entries.size() && m_list->count() < 200; ++at) {
        const Entry &entry = entries[at];
        const QString text = entry.text + QLatin1Char(' ') + entry.kind;
        if (first == 0 && !std::ranges::all_of(words, [&](const QString &word) { return text.contains(word, Qt::CaseInsensitive); }))
            continue;
        auto *item = new QListWidgetItem(themedIcon(entry.icon), entry.text + QStringLiteral("   \u2014   ") + entry.kind, m_list);
        item->setData(Qt::UserRole, static_cast<int>(first + at));
        item->setSizeHint({100, 30});
    }
}

void GoToBox::showNothing()
{
    m_nothing->setText(tr("No page, host, instance, shard, group, task or action is called “%1”.").arg(m_edit->text().trimmed()));
    m_nothing->setVisible(m_list->count() == 0 && !m_asking);
}

void GoToBox::take()
{
    const QListWidgetItem *item = m_list->currentItem();
    if (!item)
        return;
    const auto at = static_cast<std::size_t>(item->data(Qt::UserRole).toInt());
    const Entry entry = at < m_entries.size() ? m_entries[at] : m_found.at(at - m_entries.size());
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
