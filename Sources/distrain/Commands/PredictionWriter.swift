import Training

/// Writes predictions as text, one a line.
struct PredictionWriter {
    /// The form of the text.
    enum Format {
        /// Comma-separated values with a header.
        case csv
        /// One JSON object a line.
        case json
    }

    private struct Row: Encodable {
        let file: String
        let index: Int
        let label: Int
        let name: String
        let probabilities: [Float]

        enum CodingKeys: String, CodingKey {
            case file, index, probabilities
            case label = "class"
            case name = "class_name"
        }
    }

    private struct ValueRow: Encodable {
        let file: String
        let index: Int
        let value: Float
    }

    /// The names of the classes; empty for predicted values.
    let classNames: [String]
    /// The form of the text.
    let format: Format

    /// What stands before the first row.
    var header: String {
        switch format {
        case .csv:
            classNames.isEmpty
                ? csvLine(["file", "index", "value"])
                : csvLine(["file", "index", "class", "class_name"] + classNames)
        case .json: ""
        }
    }

    /// The text of a file's predictions.
    ///
    /// - Parameters:
    ///   - predictions: The predictions in the order of the images.
    ///   - file: The file.
    /// - Returns: One line a prediction.
    /// - Throws: If a probability is NaN or infinite and cannot be written as JSON.
    func rows(_ predictions: [Prediction], file: String) throws -> String {
        try predictions.enumerated().map { index, prediction in
            try row(prediction, index: index, file: file)
        }.joined()
    }

    private func row(_ prediction: Prediction, index: Int, file: String) throws -> String {
        if classNames.isEmpty {
            return try row(ofValue: prediction.probabilities[0], index: index, file: file)
        }
        let name = classNames[prediction.label]
        switch format {
        case .csv:
            return csvLine(
                [file, "\(index)", "\(prediction.label)", name]
                    + prediction.probabilities.map(\.description))
        case .json:
            let row = Row(
                file: file, index: index, label: prediction.label, name: name,
                probabilities: prediction.probabilities)
            return try jsonLine(row) + "\n"
        }
    }

    private func row(ofValue value: Float, index: Int, file: String) throws -> String {
        switch format {
        case .csv: csvLine([file, "\(index)", value.description])
        case .json: try jsonLine(ValueRow(file: file, index: index, value: value)) + "\n"
        }
    }
}
