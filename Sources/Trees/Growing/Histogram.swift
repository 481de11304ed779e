/// Which features of a node are searched, and where each begins in its histogram.
struct HistogramLayout {
    /// The features, in the order of their places.
    let features: UnsafeBufferPointer<Int32>
    /// Where the bins of each of them begin, in integers.
    let starts: UnsafePointer<Int32>
}

/// The adding of rows to histograms: where growing spends its time.
///
/// A histogram is an array of integers: for each feature, for each code, what `NodeTotals` calls the
/// integers of a bin.
struct HistogramKernel {
    private let codes: UnsafePointer<UInt16>
    private let featureCount: Int
    private let targets: UnsafePointer<Int64>
    private let weights: UnsafePointer<Int32>
    private let totals: NodeTotals

    /// Sees the rows of a rank.
    ///
    /// - Parameters:
    ///   - rows: The rows, which outlive the kernel.
    ///   - weights: How often each of them counts; outlives the kernel.
    init(_ rows: BinnedRows, weights: UnsafePointer<Int32>) {
        codes = UnsafePointer(rows.codes)
        featureCount = rows.featureCount
        targets = UnsafePointer(rows.targets)
        self.weights = weights
        totals = NodeTotals(task: rows.task, unit: rows.unit)
    }

    /// Adds rows to a histogram.
    ///
    /// - Parameters:
    ///   - rows: Numbers of rows among this rank's.
    ///   - histogram: The histogram.
    ///   - layout: What the histogram has.
    func add(
        _ rows: UnsafeBufferPointer<Int32>, to histogram: UnsafeMutablePointer<Int64>,
        _ layout: HistogramLayout
    ) {
        switch totals.task {
        case .classification(2): addClasses(rows, to: histogram, layout, classCount: 2)
        case .classification(let count): addClasses(rows, to: histogram, layout, classCount: count)
        case .regression: addNumbers(rows, to: histogram, layout)
        }
    }

    // Inlined, so that two classes have a loop of their own without a multiplication.
    @inline(__always)
    private func addClasses(
        _ rows: UnsafeBufferPointer<Int32>, to histogram: UnsafeMutablePointer<Int64>,
        _ layout: HistogramLayout, classCount: Int
    ) {
        let count = layout.features.count
        for row in rows {
            let weight = Int64(weights[Int(row)])
            let line = codes + Int(row) &* featureCount
            let column = histogram + Int(targets[Int(row)])
            for place in 0..<count {
                let code = Int(line[Int(layout.features[place])])
                column[Int(layout.starts[place]) &+ code &* classCount] &+= weight
            }
        }
    }

    private func addNumbers(
        _ rows: UnsafeBufferPointer<Int32>, to histogram: UnsafeMutablePointer<Int64>,
        _ layout: HistogramLayout
    ) {
        let count = layout.features.count
        for row in rows {
            let weight = Int64(weights[Int(row)])
            let amount = weight &* targets[Int(row)]
            let line = codes + Int(row) &* featureCount
            for place in 0..<count {
                let code = Int(line[Int(layout.features[place])])
                let bin = histogram + (Int(layout.starts[place]) &+ code &* 2)
                bin[0] &+= weight
                bin[1] &+= amount
            }
        }
    }

    /// Writes rows into a list.
    ///
    /// - Parameters:
    ///   - rows: Numbers of rows among this rank's.
    ///   - list: The list.
    ///   - first: The place of the first of them.
    ///   - layout: The features.
    func write(
        _ rows: UnsafeBufferPointer<Int32>, to list: RowList, from first: Int,
        _ layout: HistogramLayout
    ) {
        for (place, row) in zip(first..., rows) {
            let line = codes + Int(row) &* featureCount
            list.write(place, weight: Int64(weights[Int(row)]), target: targets[Int(row)]) {
                line[Int(layout.features[$0])]
            }
        }
    }

    /// Takes listed rows away from a histogram.
    ///
    /// - Parameters:
    ///   - list: The rows.
    ///   - histogram: The histogram.
    ///   - layout: The features of both.
    func subtract(
        _ list: RowList, from histogram: UnsafeMutablePointer<Int64>, _ layout: HistogramLayout
    ) {
        let width = totals.histogramWidth
        for row in 0..<list.capacity where list[row].weight > 0 {
            let (weight, target) = list[row]
            for place in 0..<list.featureCount {
                let bin = Int(layout.starts[place]) &+ list.code(row, place) &* width
                totals.add(weight: -weight, target: target, toBin: histogram + bin)
            }
        }
    }
}
