// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"
#include "models/workflow/taskplan.h"

#include <QDialog>
#include <QStringList>
#include <QTimer>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QPushButton;
class QSpinBox;
class QTabWidget;
class QToolButton;
class QTreeWidget;
class QTreeWidgetItem;
class QFormLayout;

namespace zandb {

/// Defines a task: what, for which instances, when, by which rules; beside it stands what would come of it.  Window-modal; opened without a nested event loop.
class TaskDialog final : public QDialog
{
    Q_OBJECT
public:
    struct Question
    {
        QString profile;              ///< in the title
        bool production = false;
        bool fresh = true;            ///< a new task; else `task` is changed
        Task task;
        Fleet fleet;
        std::vector<std::string> kinds; ///< that may be scheduled
        std::vector<std::string> eachInstance; ///< of these, those that are for each instance and not for one of a replication set
        std::map<std::string, std::set<std::string>> fields;   ///< by kind, those of "method", "repository", "keep", "within", "script" that it takes
        QStringList repositories;     ///< that agents have told of
    };
    explicit TaskDialog(const Question &question, QWidget *parent = nullptr);
    /// What the definition that was asked for would do.
    void setPreview(const TaskPreview &preview, const QString &wrong);
    /// As the fields say now.  Errors: usage (detail): a field that cannot be read.
    Result<Task> task() const;

Q_SIGNALS:
    /// The fields say another definition than before.
    void previewRequested(const zandb::Task &task);
    void saveRequested(const zandb::Task &task);

private:
    QWidget *whenTab();
    QWidget *whomTab();
    QWidget *rulesTab();
    void fillTree();
    void show(const Task &task);
    void showFields();
    void check();
    bool takes(const std::string &kind, const char *field) const;
    Result<Json> schedule() const;
    Result<Selector> selector() const;

    Question m_question;
    QLineEdit *m_name;
    QComboBox *m_kind;
    QCheckBox *m_enabled;
    QTabWidget *m_tabs;
    // when
    QFormLayout *m_when = nullptr;
    QComboBox *m_every;
    QLineEdit *m_at;
    QWidget *m_days;
    QList<QToolButton *> m_day;
    QLineEdit *m_monthDays;
    QSpinBox *m_number;
    QComboBox *m_length;
    QComboBox *m_zone;
    QLineEdit *m_windowFrom;
    QLineEdit *m_windowTo;
    // of backups
    QFormLayout *m_what = nullptr;
    QComboBox *m_method;
    QComboBox *m_repository;
    QSpinBox *m_keep;
    QSpinBox *m_within;
    // of scripts
    QLineEdit *m_script;
    QLineEdit *m_values;
    QComboBox *m_each;
    // for whom
    QTreeWidget *m_tree;
    QLineEdit *m_labels;
    QComboBox *m_flavour;
    QComboBox *m_role;
    QLineEdit *m_names;
    QComboBox *m_core;
    QLineEdit *m_except;
    QComboBox *m_source;
    // rules
    QComboBox *m_catchUp;
    QSpinBox *m_deadline;
    QComboBox *m_overlap;
    QComboBox *m_windowEnd;
    QSpinBox *m_retries;
    QSpinBox *m_perTask;
    QSpinBox *m_perHost;
    QSpinBox *m_perRepository;
    // what would come of it
    QListWidget *m_dues;
    QLabel *m_hitsTitle;
    QTreeWidget *m_hits;
    QLabel *m_missing;
    QPushButton *m_accept;
    QTimer m_ask;
    bool m_filling = false;
};

} // namespace zandb
