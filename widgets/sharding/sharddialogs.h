// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/sharding/shardmodels.h"
#include "widgets/common/ui.h"

#include <QDialog>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace zandb {

/// One rule: which schemas are shards of which logical database.  Window-modal; opened without a nested event loop.
class ShardRuleDialog final : public QDialog
{
    Q_OBJECT
public:
    struct Question
    {
        QString profile;
        std::vector<std::pair<Uuid, QString>> groups;
        ShardRule rule;
        bool isEdit = false;
    };
    explicit ShardRuleDialog(const Question &question, QWidget *parent = nullptr);

Q_SIGNALS:
    /// What it would do is to be shown next.
    void previewRequested(const zandb::ShardRule &rule);

private:
    ShardRule rule() const;
    void check();
    ShardRule m_rule;
    QLineEdit *m_database;
    QLineEdit *m_pattern;
    QComboBox *m_group;
    QLineEdit *m_count;
    QLineEdit *m_dsn;
    QLabel *m_problem;
    QPushButton *m_accept;
};

/// What would be added, changed and removed, before it is.  The same.
class ShardPreviewDialog final : public QDialog
{
    Q_OBJECT
public:
    struct Question
    {
        QString title;
        QString profile;
        std::vector<ShardChange> changes;
        ShardCounts counts;
        QStringList warnings;
        QStringList faults;   ///< bad lines of an import: nothing can be applied
        QString faultsMore;   ///< when there are more
        QString accept;       ///< of the button: "Import", "Set the rule"
        bool always = false;  ///< may be accepted without a change of the map: the rule itself is one
        bool canKeepOthers = false; ///< offers not to remove what the file does not name
    };
    ShardPreviewDialog(const Ui &ui, const Question &question, QWidget *parent = nullptr);
    void setQuestion(const Question &question);

Q_SIGNALS:
    void applyAgreed();
    void keepOthersChosen(bool keep);

private:
    ShardChangeModel m_changes;
    QLabel *m_counts;
    QLabel *m_warnings;
    QCheckBox *m_keep;
    QPushButton *m_accept;
};

} // namespace zandb
