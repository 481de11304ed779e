extension TableEncoder {
    /// How a column of numbers is standardised: (the number − `mean`) / `deviation` in double.
    public struct NumberCoding: Hashable, Sendable {
        /// What missing cells become before.
        public let missing: Double
        /// What is subtracted.
        public let mean: Double
        /// What the difference is divided by.
        public let deviation: Double
    }

    /// How the features of a column come from its cells.
    public enum ColumnCoding: Hashable, Sendable {
        /// One feature: the standardised number, or the number itself, NaN where it is missing.
        case number(NumberCoding?)
        /// A feature for each level: 1 for the cell's, else 0.
        case oneHot(levels: [String])
        /// One feature: the number of the cell's level.
        case ordinal(levels: [String])
    }

    /// The columns that have features, in the order of these, with their codings.
    public var columnCodings: [(name: String, coding: ColumnCoding)] {
        columns.map { column in
            let coding: ColumnCoding =
                switch column.fit {
                case .standard(let median, let mean, let deviation):
                    .number(NumberCoding(missing: median, mean: mean, deviation: deviation))
                case .plain: .number(nil)
                case .category(let levels):
                    categoryCoding == .oneHot ? .oneHot(levels: levels) : .ordinal(levels: levels)
                }
            return (column.name, coding)
        }
    }
}
