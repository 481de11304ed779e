import Foundation

func errorFunction(_ x: Double) -> Double { erf(x) }
func exponential(_ x: Double) -> Double { exp(x) }
func logarithm(_ x: Double) -> Double { log(x) }
