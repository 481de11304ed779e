extension TableSchema {
    /// The same columns with the label passed over, whether a file has it or not: for rows whose
    /// labels are to be predicted.
    public var ignoringLabel: TableSchema {
        let columns = columns.enumerated().map { index, column in
            index == labelIndex ? Column(name: column.name, type: .ignored) : column
        }
        return TableSchema(columns: columns, hasHeader: hasHeader, labelIndex: labelIndex)
    }
}
