import Foundation

/// The functions of `Reference/minimize_with_scipy.py`, with their gradients.
enum SmoothFunction: String, Decodable, Sendable {
    case rosenbrock, quadratic, beale, powell, wood

    func evaluate(_ x: [Double]) -> (value: Double, gradient: [Double]) {
        switch self {
        case .rosenbrock: rosenbrock(x)
        case .quadratic: quadratic(x)
        case .beale: beale(x)
        case .powell: powell(x)
        case .wood: wood(x)
        }
    }

    private func rosenbrock(_ x: [Double]) -> (Double, [Double]) {
        var value = 0.0
        var gradient = Array(repeating: 0.0, count: x.count)
        for index in 0..<x.count - 1 {
            let valley = x[index + 1] - x[index] * x[index]
            let slope = 1 - x[index]
            value += 100 * valley * valley + slope * slope
            gradient[index] += -400 * x[index] * valley - 2 * slope
            gradient[index + 1] += 200 * valley
        }
        return (value, gradient)
    }

    /// Curvatures from 1 to 10,000, minimum at 1.
    private func quadratic(_ x: [Double]) -> (Double, [Double]) {
        let curvatures = x.indices.map { pow(10, 4 * Double($0) / Double(x.count - 1)) }
        let gradient = zip(x, curvatures).map { $1 * ($0 - 1) }
        return (zip(x, gradient).reduce(0) { $0 + ($1.0 - 1) * $1.1 / 2 }, gradient)
    }

    private func beale(_ x: [Double]) -> (Double, [Double]) {
        var value = 0.0
        var gradient = [0.0, 0.0]
        for (power, constant) in [(1.0, 1.5), (2, 2.25), (3, 2.625)] {
            let rest = constant - x[0] * (1 - pow(x[1], power))
            value += rest * rest
            gradient[0] += 2 * rest * (pow(x[1], power) - 1)
            gradient[1] += 2 * rest * x[0] * power * pow(x[1], power - 1)
        }
        return (value, gradient)
    }

    private func powell(_ x: [Double]) -> (Double, [Double]) {
        let (a, b, c, d) = (x[0] + 10 * x[1], x[2] - x[3], x[1] - 2 * x[2], x[0] - x[3])
        let value = a * a + 5 * b * b + pow(c, 4) + 10 * pow(d, 4)
        let (c3, d3) = (4 * pow(c, 3), 40 * pow(d, 3))
        return (value, [2 * a + d3, 20 * a + c3, 10 * b - 2 * c3, -10 * b - d3])
    }

    private func wood(_ x: [Double]) -> (Double, [Double]) {
        let (a, b) = (x[1] - x[0] * x[0], x[3] - x[2] * x[2])
        let (p, q, r, s) = (1 - x[0], 1 - x[2], x[1] - 1, x[3] - 1)
        let value =
            100 * a * a + p * p + 90 * b * b + q * q + 10.1 * (r * r + s * s) + 19.8 * r * s
        return (
            value,
            [
                -400 * x[0] * a - 2 * p, 200 * a + 20.2 * r + 19.8 * s,
                -360 * x[2] * b - 2 * q, 180 * b + 20.2 * s + 19.8 * r,
            ]
        )
    }
}
