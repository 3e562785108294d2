// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/fleettree.h"

#include "models/common/roles.h"
#include "widgets/common/focusring.h"
#include "widgets/common/icons.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/theme.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace zandb {
namespace {

/// What it is on the left, its name, and how it is on the right.
class NodeDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const bool dark = isDark(option.palette);
        const bool stale = index.data(StaleRole).toBool() || isAway(option.widget);
        const auto look = static_cast<Look>(index.data(LookRole).toInt());
        const auto kind = static_cast<Scope::Kind>(index.data(FleetTreeModel::ScopeKindRole).toInt());
        painter->save();
        if (option.state & QStyle::State_Selected) {
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(option.palette.color(QPalette::Highlight));
            painter->drawRoundedRect(option.rect.adjusted(0, 1, -unit / 2, -1), 4, 4);
        }
        const QRect rect = option.rect;
        const int mid = rect.center().y();
        const char *icon = kind == Scope::Kind::Group ? "group" : kind == Scope::Kind::Host ? "host" : "instance";
        paintIcon(*painter, QRectF(rect.left() + 4, mid - 7, 14, 14), QString::fromLatin1(icon), mutedText(option.palette));
        const int mark = 14;
        // the good ones are quiet, so that what is not good stands out
        const QColor colour = stale ? mutedText(option.palette) : lookColours(look, dark).text;
        if (look != Look::Skipped)
            paintIcon(*painter, QRectF(rect.right() - mark - unit - 2, mid - mark / 2, mark, mark), lookIcon(look), colour);
        QFont font = option.font;
        if (kind == Scope::Kind::Group)
            font.setWeight(QFont::DemiBold);
        painter->setFont(font);
        painter->setPen(stale ? mutedText(option.palette) : option.palette.color(QPalette::Text));
        const QRect words = rect.adjusted(24, 0, -mark - unit - 6, 0);
        painter->drawText(words, Qt::AlignVCenter | Qt::AlignLeft,
                          QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideMiddle, words.width()));
        painter->restore();
    }
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        return {QStyledItemDelegate::sizeHint(option, index).width() + 5 * unit, 28};
    }
};

class Tree final : public QTreeView
{
public:
    using QTreeView::QTreeView;

protected:
    void drawBranches(QPainter *painter, const QRect &rect, const QModelIndex &index) const override
    {
        if (model()->rowCount(index) == 0)
            return;
        const QRectF arrow(rect.right() - 14, rect.center().y() - 6, 12, 12);
        paintIcon(*painter, arrow, isExpanded(index) ? QStringLiteral("down") : QStringLiteral("right"), mutedText(palette()));
    }
};

} // namespace

FleetTree::FleetTree(FleetTreeModel *model, QWidget *parent)
    : QWidget(parent), m_model(model), m_view(new Tree(this)), m_filter(new QLineEdit(this)), m_all(new QToolButton(this)),
      m_empty(new QLabel(this))
{
    m_view->setObjectName(QStringLiteral("fleetTree"));
    m_filter->setObjectName(QStringLiteral("fleetTreeFilter"));
    m_all->setObjectName(QStringLiteral("allHosts"));
    m_filter->setClearButtonEnabled(true);
    m_filter->installEventFilter(this);
    m_filter->addAction(themedIcon("search"), QLineEdit::LeadingPosition);
    setIconBeside(m_all, QStringLiteral("page-fleet"));
    m_all->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_all->setCheckable(true);
    m_all->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_view->setModel(model);
    m_view->setItemDelegate(new NodeDelegate(m_view));
    m_view->setHeaderHidden(true);
    m_view->setUniformRowHeights(true);
    m_view->setIndentation(2 * unit);
    m_view->setExpandsOnDoubleClick(true);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_view, &QWidget::customContextMenuRequested, this, &FleetTree::showMenu);
    new FocusRing(m_view);
    for (int column = 1; column < FleetTreeModel::ColumnCount; ++column)
        m_view->setColumnHidden(column, true);
    auto *hint = static_cast<QLabel *>(m_empty);
    hint->setWordWrap(true);
    hint->setProperty("muted", true);
    hint->setAlignment(Qt::AlignTop);
    hint->setContentsMargins(unit, unit, unit, unit);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(unit, unit, 0, 0);
    layout->setSpacing(unit / 2);
    auto *top = new QVBoxLayout;
    top->setContentsMargins(0, 0, unit, 0);
    top->setSpacing(unit / 2);
    top->addWidget(m_filter);
    top->addWidget(m_all);
    layout->addLayout(top);
    layout->addWidget(m_empty);
    layout->addWidget(m_view, 1);

    connect(m_filter, &QLineEdit::textChanged, model, &FleetTreeModel::setFilter);
    connect(m_filter, &QLineEdit::textChanged, m_view, &QTreeView::expandAll);
    connect(m_all, &QToolButton::clicked, this, [this] {
        setScope({});
        Q_EMIT scopeSelected({});
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &index) {
        if (m_showing || m_rebuilding || !index.isValid())
            return;
        m_scope = m_model->scopeAt(index);
        m_all->setChecked(false);
        Q_EMIT scopeSelected(m_scope);
    });
    connect(model, &FleetTreeModel::rebuilding, this, [this] { m_rebuilding = true; });
    connect(model, &FleetTreeModel::rebuilt, this, [this] {
        showScope();
        m_rebuilding = false;
    });
    const auto filled = [this] {
        m_empty->setVisible(m_model->rowCount() == 0);
        showScope();
    };
    connect(model, &QAbstractItemModel::rowsInserted, this, [this, filled](const QModelIndex &parentIndex) {
        // the fleet opens unfolded as far as it is small
        if (m_model->fleet().instances.size() <= 200)
            m_view->expandRecursively(parentIndex);
        filled();
    });
    connect(model, &QAbstractItemModel::rowsRemoved, this, filled);
    retranslate();
    filled();
    m_view->expandAll();
}

void FleetTree::retranslate()
{
    m_filter->setPlaceholderText(tr("Filter hosts"));
    m_all->setText(tr("All hosts"));
    static_cast<QLabel *>(m_empty)->setText(tr("No hosts here."));
}

void FleetTree::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void FleetTree::setScope(const Scope &scope)
{
    m_scope = scope;
    showScope();
}

void FleetTree::showScope()
{
    m_showing = true;
    m_all->setChecked(m_scope.kind == Scope::Kind::All);
    const QModelIndex index = m_model->indexOf(m_scope);
    if (!index.isValid()) { // of the whole fleet, or filtered away
        m_view->setCurrentIndex({});
        m_view->clearSelection();
    } else if (index != m_view->currentIndex()) {
        m_view->setCurrentIndex(index);
    }
    m_showing = false;
}

bool FleetTree::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_filter && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            goToFound();
            return true;
        }
        if (key == Qt::Key_Down) {
            m_view->setFocus(Qt::TabFocusReason);
            if (!m_view->currentIndex().isValid())
                goToFound();
            return true;
        }
    }
    // Esc is the page's, unless this filter can take it
    if (watched == m_filter && (event->type() == QEvent::ShortcutOverride || event->type() == QEvent::KeyPress)
        && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape && !m_filter->text().isEmpty()) {
        if (event->type() == QEvent::KeyPress)
            m_filter->clear();
        event->accept();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

/// The first host or instance whose name holds the words of the filter, from the top.
void FleetTree::goToFound()
{
    const QString words = m_filter->text().trimmed();
    QModelIndex first = m_model->index(0, 0);
    for (QModelIndex index = first; index.isValid(); index = m_view->indexBelow(index)) {
        if (!words.isEmpty() && index.data().toString().contains(words, Qt::CaseInsensitive)) {
            first = index;
            break;
        }
    }
    if (!first.isValid())
        return;
    m_view->setCurrentIndex(first);
    m_view->scrollTo(first);
}

void FleetTree::showMenu(const QPoint &at)
{
    const QModelIndex index = m_view->indexAt(at);
    if (!index.isValid())
        return;
    const Scope scope = m_model->scopeAt(index);
    const std::size_t instances = contentsOf(m_model->fleet(), scope).instances.size();
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("treeMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    const std::pair<QString, QString> pages[] = {
        {tr("Show its backups"), QStringLiteral("backups")}, {tr("Show its runs"), QStringLiteral("runs")}, {tr("Show in the fleet"), QStringLiteral("fleet")}};
    for (const auto &[text, page] : pages)
        connect(menu->addAction(themedIcon(QStringLiteral("page-") + page), text), &QAction::triggered, this,
                [this, scope, page = page] { Q_EMIT pageRequested(scope, page); });
    menu->addSeparator();
    QAction *backup = menu->addAction(themedIcon("backup"), scope.kind == Scope::Kind::Instance
                                                                ? tr("Back up %1…").arg(scopeTitle(m_model->fleet(), scope))
                                                                : tr("Back up %n instance(s)…", nullptr, static_cast<int>(instances)));
    backup->setEnabled(instances > 0 && m_forbidden.isEmpty());
    backup->setToolTip(instances == 0 ? tr("There is no instance in it.") : m_forbidden);
    connect(backup, &QAction::triggered, this, [this, scope] { Q_EMIT backupRequested(scope); });
    menu->addSeparator();
    connect(menu->addAction(themedIcon("copy"), tr("Copy the name")), &QAction::triggered, this,
            [name = scope.kind == Scope::Kind::Group ? groupPath(m_model->fleet(), scope.id) : scopeToText(m_model->fleet(), scope)] {
                QGuiApplication::clipboard()->setText(name);
            });
    if (m_model->rowCount(index) > 0) {
        connect(menu->addAction(tr("Expand all below")), &QAction::triggered, this,
                [this, index = QPersistentModelIndex(index)] { m_view->expandRecursively(index); });
        connect(menu->addAction(tr("Collapse")), &QAction::triggered, this, [this, index = QPersistentModelIndex(index)] { m_view->collapse(index); });
    }
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

void FleetTree::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

} // namespace zandb
